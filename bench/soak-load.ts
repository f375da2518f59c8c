import { setTimeout as pause } from 'node:timers/promises'
import { tokenOf } from './world.ts'

/** What happened, by kind; `failed` holds what should not have. */
export interface SoakCounts {
  counts: Record<string, number>
  failed: string[]
}

interface Visit {
  url: string
  userId: string
  headers: Record<string, string>
}

type Deed = (visit: Visit) => Promise<unknown>

/** Talks, as many people at once and all they do, until `signal`; each stays with its own doings. */
export async function applySoak(url: string, people: number, signal: AbortSignal): Promise<SoakCounts> {
  const done: SoakCounts = { counts: {}, failed: [] }
  const one = async (n: number) => {
    const deeds = Object.entries(allDeeds)
    for (let round = n; !signal.aborted; round += 1) {
      // New users all the time: what is kept for each must go again.
      const userId = `soak-${n}-${Math.floor(round / 40)}`
      const headers = { authorization: `Bearer ${await tokenOf(userId)}`, 'content-type': 'application/json' }
      const [name, deed] = deeds[round % deeds.length] ?? ['none', async () => {}]
      await deed({ url: `${url}/api/${userId}`, userId, headers }).catch(error =>
        done.failed.push(`${name}: ${error instanceof Error ? error.message : error}`),
      )
      done.counts[name] = (done.counts[name] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: people }, (_, n) => one(n)))
  return done
}

const allDeeds: Record<string, Deed> = {
  chat: visit => say(visit, 'Add a task to buy groceries').then(textOf),
  stream: visit => say(visit, 'Show me my tasks', events).then(textOf),
  'stream, left': async visit => {
    const leave = new AbortController()
    const response = await say(visit, 'What can you do?', events, leave.signal)
    await firstPieceOf(response)
    leave.abort()
  },
  follow: async visit => {
    const [first, turnId] = await begin(visit)
    const paths = Array.from({ length: 3 }, () => `/turns/${turnId}/events`)
    await Promise.all(paths.map(path => ask(visit, 'GET', path).then(textOf)))
    await first
  },
  cancel: async visit => {
    const [first, turnId] = await begin(visit)
    await ask(visit, 'PUT', `/turns/${turnId}/cancellation`).then(textOf)
    await first
  },
  tasks: async visit => {
    const task = JSON.parse(await ask(visit, 'POST', '/tasks', { title: 'Water plants' }).then(textOf))
    await ask(visit, 'PUT', `/tasks/${task.id}`, { title: 'Water all plants' }).then(textOf)
    await ask(visit, 'GET', '/tasks').then(textOf)
    await ask(visit, 'DELETE', `/tasks/${task.id}`).then(textOf)
  },
  'live updates': async visit => {
    const leave = new AbortController()
    const response = await ask(visit, 'GET', '/events', undefined, { signal: leave.signal })
    await firstPieceOf(response)
    await ask(visit, 'POST', '/tasks', { title: 'Heard of' }).then(textOf)
    await pause(300)
    leave.abort()
  },
  conversations: visit => ask(visit, 'GET', '/conversations').then(textOf),
}

const events = { accept: 'text/event-stream' }

/** A turn under way: the rest of its stream, and its id. */
async function begin(visit: Visit): Promise<[rest: Promise<unknown>, turnId: string]> {
  const response = await say(visit, 'Add a task to feed the cat', events)
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader()
  const { value = '' } = await reader.read()
  const turnId = /"turn_id":"([^"]+)"/.exec(value)?.[1] ?? ''
  const drain = async () => {
    while (!(await reader.read()).done);
  }
  return [drain(), turnId]
}

const say = (visit: Visit, message: string, headers = {}, signal?: AbortSignal) =>
  ask(visit, 'POST', '/chat', { message }, { headers, ...(signal ? { signal } : {}) })

async function ask(
  { url, headers }: Visit,
  method: string,
  path: string,
  body?: unknown,
  more: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...more.headers },
    body: body === undefined ? null : JSON.stringify(body),
    ...(more.signal ? { signal: more.signal } : {}),
  })
  // A turn may be over before it is cancelled.
  if (response.status < 400 || response.status === 409) return response
  throw new Error(`${response.status} ${await response.text()}`)
}

const textOf = (response: Response) => response.text()

async function firstPieceOf({ body }: Response): Promise<void> {
  const reader = body?.getReader()
  await reader?.read()
  reader?.releaseLock()
}
