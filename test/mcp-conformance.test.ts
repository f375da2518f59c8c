import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../server/agent/agent.ts'
import { createModel } from '../server/agent/models.ts'
import { taskTools } from '../server/agent/task-tools.ts'
import { defineTool, ToolError } from '../server/agent/tool.ts'
import { readConfig } from '../server/config.ts'
import { openBearerProxy } from './support/bearer-proxy.ts'
import { temporaryFolder } from './support/run-command.ts'
import { clientOf, startServer } from './support/server.ts'

const program = join(import.meta.dirname, '../node_modules/@modelcontextprotocol/conformance/dist/index.js')

/**
 * What applies to a server of tools. The other scenarios want resources, prompts, completions, logging, images and
 * audio, or a session in which the server asks; we have none of these.
 */
const applicable = [
  'server-initialize',
  'ping',
  'tools-list',
  'tools-call-simple-text',
  'tools-call-error',
  'dns-rebinding-protection',
]

/** The suite calls two tools of its own by name. */
const itsTools = [
  defineTool({
    name: 'test_simple_text',
    description: 'Says something',
    input: z.object({}),
    effect: 'none',
    run: async () => ({ said: 'This is a simple text response for testing.' }),
  }),
  defineTool({
    name: 'test_error_handling',
    description: 'Always fails',
    input: z.object({}),
    effect: 'transaction',
    run: async () => {
      throw new ToolError('This tool intentionally returns an error for testing')
    },
  }),
]

test('the conformance suite finds nothing wrong with what there is', async () => {
  const agent = defineAgent({
    model: await createModel(readConfig({}).model),
    tools: [...taskTools, ...itsTools],
    instructions: () => '',
  })
  await using server = await startServer({}, agent)
  const { token } = await clientOf(server)
  await using proxy = await openBearerProxy(server.url, token)
  using folder = temporaryFolder()
  const args = [program, 'server', '--url', `${proxy.url}/mcp`, '--suite', 'all']
  // It fails for the scenarios that do not apply; what counts is its summary.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder.path }).catch(
    (failure: { stdout: string }) => failure,
  )
  const passed = [...stdout.matchAll(/^✓ ([\w-]+): [1-9]\d* passed, 0 failed/gm)].map(([, name]) => name)
  expect(passed).toEqual(applicable)
})
