import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../server/config.ts'
import { openDatabase } from '../server/db/open-database.ts'
import type { RunningServer } from './support/run-command.ts'
import {
  type Client,
  clientOf,
  openPlace,
  type Place,
  startServerProcess,
  testSecret,
} from './support/server.ts'

/** The example as it is deployed: a process of its own, its tables made at the start. */

interface Paid {
  key: string
  path: string
  amount: number
}

let place: Place
let server: RunningServer
const paid: Paid[] = []
const shop = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const path = request.url ?? ''
  const answer = (status: number, value: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  if (path === '/orders/A-1') return answer(200, { id: 'A-1', status: 'on its way', total: 120 })
  if (request.method !== 'POST' || path !== '/orders/A-1/refunds') return answer(404, {})
  paid.push({ key: String(request.headers['idempotency-key']), path, amount: JSON.parse(body).amount })
  return answer(200, { refund: `R-${paid.length}` })
})

beforeAll(async () => {
  await new Promise<void>(resolve => shop.listen(0, '127.0.0.1', resolve))
  place = await openPlace()
  server = await startServerProcess(place, {
    // A folder of the embedded engine has its own secret otherwise.
    BETTER_AUTH_SECRET: testSecret,
    AGENT: join(import.meta.dirname, '../examples/support-desk/agent.ts'),
    SHOP_URL: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`,
  })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
  await place?.[Symbol.asyncDispose]()
  shop.close()
})

const resultsOf = (body: { tool_calls: { name: string; status: string; result: unknown }[] }) =>
  body.tool_calls.map(({ name, status, result }) => ({ name, status, result }))

async function done(client: Client, message: string, conversation?: string) {
  const { status, body } = await client.say(message, conversation)
  expect([status, body.status]).toEqual([200, 'completed'])
  return body
}

test('tickets are opened, answered and, after a yes, closed; another user sees nothing of them', async () => {
  const [ann, bob] = [await clientOf(server), await clientOf(server)]
  const opened = await done(ann, 'Open a ticket: my parcel is late')
  expect(resultsOf(opened)).toMatchObject([{ name: 'open_ticket', result: { number: 1, status: 'open' } }])
  const conversation = opened.conversation_id
  await done(ann, 'reply to 1: it is blue', conversation)
  expect(resultsOf(await done(bob, 'show my tickets'))).toMatchObject([{ result: { tickets: [] } }])
  expect(resultsOf(await done(bob, 'reply to 1: hello'))).toMatchObject([
    { status: 'failed', result: { code: 'ticket_not_found' } },
  ])
  const { body: asked } = await ann.say('close 1', conversation)
  expect(asked).toMatchObject({
    status: 'awaiting_approval',
    response: expect.stringContaining('my parcel is late'),
  })
  expect(resultsOf(await done(ann, 'yes', conversation))).toMatchObject([
    { name: 'close_ticket', status: 'completed', result: { status: 'closed' } },
  ])
  expect(resultsOf(await done(ann, 'show my tickets', conversation))).toMatchObject([
    { result: { tickets: [{ number: 1, subject: 'my parcel is late', status: 'closed' }] } },
  ])
})

test('an order is looked up, a small refund is made, a large one asks; each reaches the shop once, under its key', async () => {
  const ann = await clientOf(server)
  const seen = await done(ann, 'Where is order A-1?')
  expect(resultsOf(seen)).toMatchObject([{ name: 'order_status', result: { status: 'on its way' } }])
  expect(resultsOf(await done(ann, 'Where is order B-2?'))).toMatchObject([
    { result: { code: 'order_not_found' } },
  ])

  const small = await done(ann, 'refund 20 of order A-1', seen.conversation_id)
  expect(resultsOf(small)).toMatchObject([{ status: 'completed', result: { refund: 'R-1', amount: 20 } }])
  const { body: asked } = await ann.say('refund 80 of order A-1', seen.conversation_id)
  expect(asked).toMatchObject({ status: 'awaiting_approval', response: expect.stringContaining('Refund 80') })
  expect(paid).toHaveLength(1)
  await done(ann, 'yes', seen.conversation_id)
  const { body: refused } = await ann.say('refund 90 of order A-1', seen.conversation_id)
  expect(refused.status).toBe('awaiting_approval')
  await done(ann, 'no', seen.conversation_id)
  expect(paid).toEqual([
    { key: small.tool_calls[0].id, path: '/orders/A-1/refunds', amount: 20 },
    { key: asked.tool_calls[0].id, path: '/orders/A-1/refunds', amount: 80 },
  ])
})

test('its tools are offered over MCP, but for those that reach outside', async () => {
  const ann = await clientOf(server)
  const response = await fetch(`${server.url}/mcp`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ann.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  })
  const text = await response.text()
  expect(text).toContain('"open_ticket"')
  expect(text).toContain('"order_status"')
  expect(text).not.toContain('"refund_order"')
  expect(text).not.toContain('"add_task"')
})

test('what a user had at the desk is exported, and erased with them', async () => {
  const [ann, bob] = [await clientOf(server), await clientOf(server)]
  for (const client of [ann, bob]) {
    const { conversation_id } = await done(client, 'open ticket: a broken cup')
    await done(client, 'reply to 1: it leaks', conversation_id)
  }
  const { body: exported } = await ann.call('GET', '/export')
  expect(exported['support.tickets']).toMatchObject([{ number: 1, subject: 'a broken cup' }])
  expect(exported['support.replies']).toMatchObject([{ ticket: 1, body: 'it leaks' }])
  expect((await ann.call('DELETE', '', { confirm: ann.userId })).status).toBe(204)
  expect((await ann.call('GET', '/conversations')).body.code).toBe('user_erased')

  server.child.kill('SIGTERM')
  expect(await server.ended).toMatchObject({ code: 0 })
  const db = await openDatabase(readConfig({ BETTER_AUTH_SECRET: testSecret, ...place.environment }))
  const rows = await db.query<{ user_id: string }>(
    `select user_id from support.tickets where user_id in ($1, $2) union all
     select user_id from support.replies where user_id in ($1, $2) union all
     select user_id from support.ticket_counters where user_id in ($1, $2)`,
    [ann.userId, bob.userId],
  )
  await db.close()
  expect(rows.map(row => row.user_id)).toEqual([bob.userId, bob.userId, bob.userId])
})
