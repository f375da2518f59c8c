import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../server/app.ts'
import { errorCodes, statusOf } from '../server/errors.ts'
import { type ApiDescription, readDescription } from './support/api-description.ts'
import { allEventsOf } from './support/event-stream.ts'
import { type Client, clientOf, startServer, type TestServer } from './support/server.ts'

let server: TestServer
let api: ApiDescription
beforeAll(async () => {
  server = await startServer()
  api = await readDescription(server)
})
afterAll(() => server?.[Symbol.asyncDispose]())

const json = 'application/json'
const problemJson = 'application/problem+json'
const eventStream = 'text/event-stream'

test('the document is OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate({ ...api.document })
  expect([valid, errors]).toEqual([true, undefined])
  expect(validator.version).toBe('3.1')
})

test('every route that a client calls is in it', () => {
  const described = new Set(api.operations.map(({ at }) => at.replaceAll(/\{(\w+)\}/g, ':$1')))
  const missing = createApp(server.context)
    .routes.filter(({ method, path }) => method !== 'ALL' && /^\/(api|ai-sdk|ag-ui|chatkit)\b/.test(path))
    .map(({ method, path }) => `${method} ${path}`)
    .filter(route => !described.has(route))
  expect(missing).toEqual([])
  expect(described).toContain('POST /mcp')
  expect(described).toContain('GET /api/auth/token')
})

test('every operation has a tag, a summary, and an id of its own', () => {
  for (const { at, operation } of api.operations)
    expect([at, operation]).toMatchObject([
      at,
      { tags: [expect.any(String)], summary: expect.stringMatching(/\w/) },
    ])
  const ids = api.operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

test('every error says which codes it can be, each with an example', () => {
  for (const { at, operation } of api.operations) {
    for (const [status, answer] of Object.entries(operation.responses)) {
      const problem = answer.content?.[problemJson]
      if (!problem) continue
      const codes = answer['x-codes'] ?? []
      expect([at, status, codes.length]).toEqual([at, status, expect.toSatisfy(count => count > 0)])
      for (const code of codes) expect([at, code, String(statusOf(code))]).toEqual([at, code, status])
      expect(Object.keys(problem.examples ?? {})).toEqual(codes)
    }
  }
})

/** Routes of other protocols refuse in their own words where it is not a problem. */
test('every operation that needs a token says so, and what else it may refuse', () => {
  for (const { at, operation } of api.operations.filter(({ operation }) => !operation.security)) {
    const statuses = Object.keys(operation.responses)
    const expected = ['401', '500', '503']
    if (at.includes('{user_id}')) expected.push('403')
    if (operation.requestBody) expected.push('408', '413', '415')
    if (operation.parameters?.some(({ name }) => name === 'idempotency-key')) expected.push('422', '429')
    expect([at, statuses]).toEqual([at, expect.arrayContaining(expected)])
  }
})

test('every code is somewhere, except those of no operation', () => {
  const shown = new Set(
    api.operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(each => each['x-codes'] ?? []),
    ),
  )
  const ofNone = ['not_found', 'method_not_allowed', 'head_too_large', 'server_stopping']
  expect(errorCodes.filter(code => !shown.has(code)).toSorted()).toEqual(ofNone.toSorted())
})

test('everything that is sent and answered has an example, and it fits', () => {
  let examples = 0
  for (const { at, operation } of api.operations) {
    const holders = [operation.requestBody, ...Object.values(operation.responses)]
    for (const [type, media] of holders.flatMap(holder => Object.entries(holder?.content ?? {}))) {
      const given = media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example]
      for (const example of given) {
        examples += 1
        expect([at, type, example]).not.toContain(undefined)
        expect([at, type, example, api.faultsOf(example, media.schema ?? {})]).toEqual([
          at,
          type,
          example,
          [],
        ])
      }
    }
    for (const { name, example, schema } of operation.parameters ?? [])
      expect([at, name, example, api.faultsOf(example, schema)]).toEqual([at, name, example, []])
  }
  expect(examples).toBeGreaterThan(200)
})

test('it can be read as a page that loads nothing from elsewhere', async () => {
  const page = await fetch(`${server.url}/docs`)
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/)
  const text = await page.text()
  expect(text).not.toMatch(/https?:|<style|<script>|style=/)
  const named = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path)
  expect(named).toHaveLength(4)
  for (const path of named) expect((await fetch(server.url + path)).status).toBe(200)
  for (const name of ['constructor', '__proto__', 'package.json', '..%2Fpackage.json'])
    expect((await fetch(`${server.url}/docs/${name}`)).status).toBe(404)
})

describe('what the server really answers', () => {
  let ada: Client
  beforeAll(async () => {
    ada = await clientOf(server)
  })

  /** Calls, and holds the answer against the document. */
  async function call(at: string, path: string, { body, headers }: Sending = {}) {
    const operation = api.operations.find(each => each.at === at)?.operation
    if (!operation) throw new Error(`${at} is not described`)
    const answer = await ada.call(at.split(' ')[0] ?? '', path, body, headers)
    const described = operation.responses[answer.status]
    expect([at, answer.status, described]).toEqual([at, answer.status, expect.anything()])
    const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
    if (answer.status === 204) return answer
    const schema = described?.content?.[type]?.schema
    expect([at, type, schema]).toEqual([at, type, expect.anything()])
    expect([at, answer.body, api.faultsOf(answer.body, schema ?? {})]).toEqual([at, answer.body, []])
    if (type === problemJson) expect(described?.['x-codes']).toContain(answer.body.code)
    return answer
  }
  interface Sending {
    body?: unknown
    headers?: Record<string, string>
  }

  const u = '/api/{user_id}'

  test('fits what the document says, from the first message to the last', async () => {
    const { body: said } = await call(`POST ${u}/chat`, '/chat', {
      body: { message: 'Add a task to buy milk' },
    })
    const { conversation_id: conversation, turn_id: turn } = said
    await call(`GET ${u}/turns/{id}`, `/turns/${turn}`)
    await call(`GET ${u}/conversations`, '/conversations')
    await call(`GET ${u}/conversations/{id}`, `/conversations/${conversation}`)
    await call(`PATCH ${u}/conversations/{id}`, `/conversations/${conversation}`, { body: { title: 'Milk' } })
    await call(`GET ${u}/conversations/{id}/messages`, `/conversations/${conversation}/messages`)
    await call(`GET ${u}/conversations/{id}/turns`, `/conversations/${conversation}/turns`)
    await call(`POST ${u}/conversations`, '/conversations', { body: { title: 'Another' } })
    await call(`POST ${u}/turns/{id}/versions`, `/turns/${turn}/versions`, {
      body: { message: 'Add a task: eggs' },
    })
    await call(`GET ${u}/turns/{id}/versions`, `/turns/${turn}/versions`)
    await call(`PUT ${u}/conversations/{id}/head`, `/conversations/${conversation}/head`, {
      body: { turn_id: turn },
    })
    const asking = { message: 'Delete task 1', conversation_id: conversation }
    const { body: asked } = await call(`POST ${u}/chat`, '/chat', { body: asking })
    const waiting = ({ status }: { status: string }) => status === 'awaiting_approval'
    const callId = asked.tool_calls.find(waiting).id
    const approval = `PUT ${u}/tool-calls/{id}/approval`
    const approved = await call(approval, `/tool-calls/${callId}/approval`, { body: { approved: true } })
    expect(approved.status).toBe(200)
    await call(approval, `/tool-calls/${callId}/approval`, { body: { approved: true } })
    await call(`PUT ${u}/turns/{id}/cancellation`, `/turns/${turn}/cancellation`)
    await call(`DELETE ${u}/conversations/{id}`, `/conversations/${conversation}`)
  })

  test('fits for tasks, and for what is refused', async () => {
    const body = {
      title: 'Buy milk',
      due_date: '2026-11-27T17:00:00+05:00',
      recurrence: 'weekly',
      tags: ['home'],
    }
    const { body: task } = await call(`POST ${u}/tasks`, '/tasks', { body })
    const at = `${u}/tasks/{id}`
    await call(`GET ${u}/tasks`, '/tasks?limit=1')
    await call(`GET ${at}`, `/tasks/${task.id}`)
    await call(`PUT ${at}`, `/tasks/${task.id}`, { body: { due_date: null } })
    await call(`PATCH ${at}/complete`, `/tasks/${task.id}/complete`)
    await call(`DELETE ${at}`, `/tasks/${task.id}`)
    await call(`DELETE ${at}`, `/tasks/${task.id}`)
    await call(`POST ${u}/tasks`, '/tasks', { body: { title: '' } })
    await call(`POST ${u}/tasks`, '/tasks', { body, headers: { 'content-type': 'text/plain' } })
    await call(`POST ${u}/chat`, '/chat', { body: { message: 'x'.repeat(5001) } })
    await call(`POST ${u}/chat`, '/chat', { body: { message: 'x', conversation_id: crypto.randomUUID() } })
    await call(`GET ${u}/tasks`, '/tasks', { headers: { authorization: 'Bearer garbage' } })
    const key = { 'idempotency-key': 'one' }
    await call(`POST ${u}/chat`, '/chat', { body: { message: 'Hello' }, headers: key })
    await call(`POST ${u}/chat`, '/chat', { body: { message: 'Hi' }, headers: key })
  })

  test('fits for reminders, settings, feedback and usage', async () => {
    const { body: task } = await call(`POST ${u}/tasks`, '/tasks', { body: { title: 'Buy tea' } })
    const reminder = { task_id: task.id, remind_at: '9999-01-01T00:00:00Z' }
    const { body: reminded } = await call(`POST ${u}/reminders`, '/reminders', { body: reminder })
    await call(`GET ${u}/reminders`, '/reminders')
    await call(`DELETE ${u}/reminders/{id}`, `/reminders/${reminded.id}`)
    await call(`PUT ${u}/settings`, '/settings', { body: { time_zone: 'Asia/Karachi' } })
    await call(`GET ${u}/settings`, '/settings')
    const { body: said } = await call(`POST ${u}/chat`, '/chat', { body: { message: 'Hello' } })
    const feedback = `/turns/${said.turn_id}/feedback`
    await call(`PUT ${u}/turns/{id}/feedback`, feedback, { body: { value: 'positive' } })
    await call(`DELETE ${u}/turns/{id}/feedback`, feedback)
    const { body: usage } = await call(`GET ${u}/usage`, '/usage')
    expect(usage.total.turns).toBeGreaterThan(0)
  })

  test('fits for event streams, event by event', async () => {
    const stream = await ada.open(
      'POST',
      '/chat',
      { message: 'Add a task to buy eggs' },
      { accept: eventStream },
    )
    const events = await allEventsOf(stream)
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['tool.finished', 'turn.completed']),
    )
    const again = await allEventsOf(await ada.open('GET', `/turns/${events[0]?.turn_id}/events`))
    const schema = { $ref: '#/components/schemas/TurnEvent' }
    for (const event of [...events, ...again])
      expect([event, api.faultsOf(event, schema)]).toEqual([event, []])
    expect(api.faultsOf({ type: 'turn.started' }, schema)).not.toEqual([])
  })

  test('fits for accounts', async () => {
    const post = (path: string, body: unknown) =>
      fetch(`${server.url}/api/auth${path}`, {
        method: 'POST',
        headers: { 'content-type': json, origin: server.url },
        body: JSON.stringify(body),
      })
    const check = async (at: string, answer: Response) => {
      const operation = api.operations.find(each => each.at === at)?.operation
      const schema = operation?.responses[answer.status]?.content?.[json]?.schema
      expect([at, answer.status, schema]).toEqual([at, answer.status, expect.anything()])
      const body = await answer.json()
      expect([at, api.faultsOf(body, schema ?? {})]).toEqual([at, []])
      return body
    }
    const person = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }
    await check('POST /api/auth/sign-up/email', await post('/sign-up/email', person))
    await check('POST /api/auth/sign-up/email', await post('/sign-up/email', person))
    const { token } = await check('POST /api/auth/sign-in/email', await post('/sign-in/email', person))
    await check(
      'POST /api/auth/sign-in/email',
      await post('/sign-in/email', { ...person, password: 'wrong one' }),
    )
    const headers = { authorization: `Bearer ${token}` }
    await check('GET /api/auth/token', await fetch(`${server.url}/api/auth/token`, { headers }))
    await check('GET /api/auth/token', await fetch(`${server.url}/api/auth/token`))
    await check('GET /api/auth/jwks', await fetch(`${server.url}/api/auth/jwks`))
    const metadata = '/.well-known/oauth-protected-resource/mcp'
    await check(`GET ${metadata}`, await fetch(`${server.url}${metadata}`))
  })
})
