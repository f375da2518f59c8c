import { join } from 'node:path'
import { build } from 'vite'

/** What is tested is the page as it is now, built as it is for everyone. */
export default async function setup(): Promise<void> {
  await build({ configFile: join(import.meta.dirname, '../../../vite.config.ts'), logLevel: 'error' })
}
