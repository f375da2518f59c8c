import { join } from 'node:path'
import { build } from 'vite'

/** What is tested is the page as it is now, built as it is for everyone. */
export default async function setup(): Promise<void> {
  // The test runner's own value would build React for development.
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  await build({ configFile: join(import.meta.dirname, '../../../vite.config.ts'), logLevel: 'error' })
  process.env.NODE_ENV = NODE_ENV
}
