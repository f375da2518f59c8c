import { defineConfig } from 'vitest/config'

/**
 * Processes are killed and paused, leases run out, a browser draws: on a machine that is busy enough any of that comes late
 * once. What fails twice is broken; what needed its second try is named at the end of `npm run ci`.
 */
const patience = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } }, retry: 1 }

/** One suite, run on each engine: `vitest run --project pglite` and `--project postgres`. */
const engine = (name: 'pglite' | 'postgres') => ({
  test: {
    name,
    env: { TEST_ENGINE: name },
    include: ['test/**/*.test.ts'],
    // Several processes share a database only where it is a server.
    exclude: [
      'test/plain/**',
      'test/browser/**',
      ...(name === 'pglite' ? ['test/faults/**', 'test/operations/**'] : []),
    ],
    globalSetup: ['test/support/global-setup.ts'],
    provide: { engine: name },
    ...patience,
  },
})

/** What does not depend on the engine, or brings its own. */
const plain = {
  test: { name: 'plain', include: ['test/plain/**/*.test.ts'], ...patience },
}

/** The page in a browser, before the whole server on the embedded engine. */
const browser = {
  test: {
    name: 'browser',
    env: { TEST_ENGINE: 'pglite' },
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/support/build-page.ts', 'test/support/global-setup.ts'],
    provide: { engine: 'pglite' as const },
    ...patience,
    testTimeout: 90_000,
  },
}

export default defineConfig({
  test: {
    projects: [plain, engine('pglite'), engine('postgres'), browser],
    fileParallelism: true,
    maxWorkers: 2,
  },
})
