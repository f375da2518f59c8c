import { afterAll, beforeAll, beforeEach } from 'vitest'
import { freshUser, type ReplayedServer, type Start, startReplayedServer } from './replayed-server.ts'
import type { Client } from './server.ts'

/** Shared by a file's tests once it has called `shareReplayedServer`; `ann` is a new user in each test. */
export let world: ReplayedServer
export let ann: Client

/** One server for all tests of the file; each test scripts its model. */
export function shareReplayedServer(start: Start = {}): void {
  beforeAll(async () => {
    world = await startReplayedServer(start)
  })
  beforeEach(async () => {
    ann = await freshUser(world)
  })
  afterAll(() => world?.[Symbol.asyncDispose]())
}
