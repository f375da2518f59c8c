import { defineConfig } from 'vitest/config'

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
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})

/** What does not depend on the engine, or brings its own. */
const plain = {
  test: { name: 'plain', include: ['test/plain/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
}

/** The page in a browser, before the whole server on the embedded engine. */
const browser = {
  test: {
    name: 'browser',
    env: { TEST_ENGINE: 'pglite' },
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/support/build-page.ts', 'test/support/global-setup.ts'],
    provide: { engine: 'pglite' as const },
    testTimeout: 90_000,
    // A browser and a server on a busy machine: what fails twice is broken.
    retry: 1,
    hookTimeout: 60_000,
  },
}

export default defineConfig({
  test: {
    projects: [plain, engine('pglite'), engine('postgres'), browser],
    fileParallelism: true,
    maxWorkers: 2,
  },
})
