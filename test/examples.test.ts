import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createMCPClient } from '@ai-sdk/mcp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientOf, startServer, type TestServer } from './support/server.ts'

const examples = join(import.meta.dirname, '../examples')
const run = promisify(execFile)

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.[Symbol.asyncDispose]())

test('curl', async () => {
  const { stdout } = await run('sh', [join(examples, 'curl/chat.sh'), server.url])
  expect(stdout).toContain('"name":"add_task"')
  expect(stdout).toContain('event: text.delta')
  expect(stdout).toMatch(/"name":"delete_task".*"status":"completed"/)
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('tasks: []')
})

test('the typed client', async () => {
  const { userId, token } = await clientOf(server)
  const env = {
    PATH: process.env.PATH,
    COLLOQUY_URL: server.url,
    COLLOQUY_USER: userId,
    TOKEN: token,
  }
  const { stdout } = await run(process.execPath, [join(examples, 'typed-client/chat.ts')], { env })
  expect(stdout).toMatch(/you: Add a task to buy groceries\nassistant: .*Buy groceries/)
  expect(stdout).toMatch(/you: Delete the task to buy groceries\nassistant: .*\?/)
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('tasks: 0')
})

test('AG-UI', async () => {
  const { token } = await clientOf(server)
  const env = { PATH: process.env.PATH, COLLOQUY_URL: server.url, TOKEN: token }
  const { stdout } = await run(process.execPath, [join(examples, 'ag-ui/chat.ts')], { env })
  expect(stdout).toMatch(/you: Add a task to buy groceries\nassistant: .*Buy groceries/)
  expect(stdout).toMatch(/you: Delete the task to buy groceries\nassistant: .*\?.*\nassistant: Deleted/)
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^assistant: .*no tasks/)
})

test('the configuration of an MCP client', async () => {
  const { token } = await clientOf(server)
  const given: Record<string, string> = { COLLOQUY_URL: server.url, COLLOQUY_TOKEN: token }
  const text = readFileSync(join(examples, 'mcp/mcp.json'), 'utf8')
  const filled = text.replaceAll(/\$\{(\w+)(?::-[^}]*)?\}/g, (_, name) => given[name] ?? '')
  const { url, headers } = JSON.parse(filled).mcpServers.colloquy
  const mcp = await createMCPClient({ transport: { type: 'http', url, headers } })
  const { tools } = await mcp.listTools()
  expect(tools.map(({ name }) => name)).toContain('add_task')
  await mcp.close()
})
