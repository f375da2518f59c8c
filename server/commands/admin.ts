import { adminErase } from './admin-erase.ts'
import { adminExport } from './admin-export.ts'
import { adminTurns } from './admin-turns.ts'
import { adminUsage } from './admin-usage.ts'
import { adminUsers } from './admin-users.ts'

/** For whoever runs the server, straight on its database: `npm run admin -- users`. */
export const adminCommands = [adminUsers, adminUsage, adminTurns, adminExport, adminErase]
