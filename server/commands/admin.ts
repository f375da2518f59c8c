import { adminErase } from './admin-erase.ts'
import { adminExport } from './admin-export.ts'
import { adminTurns } from './admin-turns.ts'
import { adminUsage } from './admin-usage.ts'
import { adminUsers } from './admin-users.ts'

/** Commands for operators, directly on the database: `npm run admin -- users`. */
export const adminCommands = [adminUsers, adminUsage, adminTurns, adminExport, adminErase]
