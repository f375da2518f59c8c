import { expect } from 'vitest'
import type { UserEvent } from '../../server/turns/event.ts'
import { patiently } from './replayed-server.ts'
import type { Client } from './server.ts'

export interface UserWatcher {
  /** All events so far. */
  events: UserEvent[]
  /** Waits for such an event after those already waited for. */
  until(event: object): Promise<void>
  /** Waits until a poll of the database that started after this call has been reported. */
  settle(): Promise<void>
  close(): void
  ended: Promise<void>
}

/** Follows a user's events, once the stream has delivered the `first` ones. */
export async function watchUser(client: Client, first = 1): Promise<UserWatcher> {
  const closing = new AbortController()
  const response = await client.open('GET', '/events')
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream; charset=utf-8',
  ])
  const events: UserEvent[] = []
  const ended = read(response, closing.signal, event => events.push(event))
  let seen = 0
  const watcher: UserWatcher = {
    events,
    async until(event) {
      await expect
        .poll(() => events.slice(seen).findIndex(each => matches(each, event)), patiently)
        .toBeGreaterThanOrEqual(0)
      seen += events.slice(seen).findIndex(each => matches(each, event)) + 1
    },
    async settle() {
      const again = await watchUser(client)
      again.close()
    },
    close: () => closing.abort(),
    ended,
  }
  await expect.poll(() => events.length, patiently).toBeGreaterThanOrEqual(first)
  seen = first
  return watcher
}

function matches(event: UserEvent, expected: object): boolean {
  try {
    expect(event).toEqual(expected)
    return true
  } catch {
    return false
  }
}

async function read(
  response: Response,
  signal: AbortSignal,
  tell: (event: UserEvent) => void,
): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  signal.addEventListener('abort', () => reader?.cancel(), { once: true })
  let text = ''
  for (;;) {
    const { done, value = '' } = (await reader?.read()) ?? { done: true }
    if (done) return
    const frames = (text + value).split('\n\n')
    text = frames.pop() ?? ''
    for (const frame of frames) {
      const [, name, data] = /^event: (.+)\ndata: (.+)$/.exec(frame) ?? []
      if (!data) continue
      const event = JSON.parse(data)
      expect(event.type).toBe(name)
      tell(event)
    }
  }
}
