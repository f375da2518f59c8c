import { afterAll, beforeAll, beforeEach } from 'vitest'
import { freshUser, type ReplayedServer, type Start, startReplayedServer } from './replayed-server.ts'
import type { Client } from './server.ts'

/** What the tests of a file share, once it has called `shareReplayedServer`; `ann` is another user in each test. */
export let world: ReplayedServer
export let ann: Client

/** One server for all tests of the file, whose model says what each has scripted. */
export function shareReplayedServer(start: Start = {}): void {
  beforeAll(async () => {
    world = await startReplayedServer(start)
  })
  beforeEach(async () => {
    ann = await freshUser(world)
  })
  afterAll(() => world?.[Symbol.asyncDispose]())
}
