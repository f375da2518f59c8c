import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runToEnd, temporaryFolder } from '../support/run-command.ts'

const checkAgents = join(import.meta.dirname, '../support/check-agents.ts')
const head = "import { defineAgent, defineTool, scriptedModel, z } from 'colloquy'"
const tool = `const echo = defineTool({ name: 'echo', description: 'Says it again', input: z.object({ text: z.string() }),
  effect: 'none', run: async ({ text }) => ({ text }) })`
const agent =
  "export const agent = defineAgent({ instructions: 'Be kind.', model: 'compatible/x', tools: [echo] })"
const whole = `${head}\n${tool}\n${agent}\n`

const settings = { PORT: '0', MODEL_BASE_URL: 'http://127.0.0.1:1/v1' }

async function examine(files: Record<string, string>, path = './agent.ts') {
  using folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder.path, name, '..'), { recursive: true })
    writeFileSync(join(folder.path, name), text)
  }
  return await runToEnd(folder.path, ['doctor'], { ...settings, AGENT: path })
}

test('a module anywhere, with nothing installed beside it, has colloquy and zod', async () => {
  const files = {
    'agent.ts': whole
      .replace(', z }', ' }')
      .replace("'colloquy'", "'colloquy'\nimport { z } from 'zod'\nimport './part.ts'"),
    'part.ts':
      "import { z } from 'colloquy'\nimport { z as same } from 'zod'\nif (z !== same) throw new Error('two')\n",
  }
  const outcome = await examine(files)
  expect(outcome.stdout).toMatch(/^ok +agent +\.\/agent\.ts can be loaded/m)
  expect(outcome).toMatchObject({ code: 0 })
})

test('JavaScript will do, under a name of the export of its own, and .env is there for it', async () => {
  const text = whole.replace(
    'export const agent =',
    "if (process.env.SHOP !== 'here') throw new Error('no shop')\nexport default",
  )
  expect(await examine({ 'agent.mjs': text, '.env': 'SHOP=here\n' }, './agent.mjs')).toMatchObject({
    code: 0,
  })
})

const wrong: [what: string, text: string, says: RegExp][] = [
  ['an error of its own', `${head}\nJSON.parse('{')\n`, /agent\.ts:2: SyntaxError/],
  ['a null that is used', `${head}\nconst shop: any = null\nshop.open()\n`, /agent\.ts:3: TypeError/],
  [
    'an import that is not there',
    "import { x } from './nowhere.ts'\n",
    /agent\.ts: Error: Cannot find module .*nowhere/,
  ],
  [
    'an export that is not there',
    "import { nothing } from 'colloquy'\n",
    /agent\.ts:1: SyntaxError: .*nothing/,
  ],
  ['no agent', `${head}\n${tool}\n`, /agent\.ts exports no agent/],
  [
    'two agents',
    `${whole}export const other = defineAgent({ instructions: 'x', model: 'compatible/x' })`,
    /exports several/,
  ],
  [
    'two tools of one name',
    whole.replace('[echo]', '[echo, { ...echo }]'),
    /agent\.ts:4: Two tools have the name echo/,
  ],
  [
    'a tool name that no provider takes',
    whole.replace("'echo'", "'say it'"),
    /agent\.ts:2: .*tool name say it/,
  ],
  [
    'a schema that is no JSON schema',
    whole.replace('z.string()', 'z.date()'),
    /agent\.ts:2: The tool echo: its schema/,
  ],
  [
    'an effect that there is not',
    whole.replace("'none'", "'some'"),
    /agent\.ts:2: The tool echo: effect must be/,
  ],
  ['no instructions', whole.replace("'Be kind.'", 'undefined as any'), /agent\.ts:4: The instructions/],
  ['a model that there is not', whole.replace('compatible/x', 'gpt'), /agent\.ts:4: The model "gpt" must be/],
  ['a model without its key', whole.replace('compatible/x', 'openai/x'), /OPENAI_API_KEY is not set/],
  ['the built-in model', whole.replace('compatible/x', 'offline'), /knows tasks only/],
  [
    'no such folder',
    whole.replace('tools:', "migrations: './sql', tools:"),
    /sql\/?: the folder of the migrations/,
  ],
  // Last: Node's own type stripper may be confused after them, and a server has ended by then.
  [
    'TypeScript that cannot be stripped',
    `${head}\n\nenum Colour { Red }\n`,
    /agent\.ts:3: SyntaxError: .*enum/,
  ],
  ['a syntax error', `${head}\nconst a: = 1\n`, /agent\.ts:2: SyntaxError/],
]

test('every mistake is reported with its place', async () => {
  using folder = temporaryFolder()
  const files = wrong.map(([, text], i) => {
    mkdirSync(join(folder.path, `${i}`))
    writeFileSync(join(folder.path, `${i}`, 'agent.ts'), text)
    return join(folder.path, `${i}`, 'agent.ts')
  })
  const { stdout } = await promisify(execFile)(process.execPath, [checkAgents, ...files], {
    cwd: folder.path,
    env: { PATH: process.env.PATH, ...settings },
  })
  const said: string[] = JSON.parse(stdout)
  for (const [i, [what, , says]] of wrong.entries()) {
    expect([what, said[i]]).toEqual([what, expect.stringMatching(says)])
    expect([what, said[i]]).toEqual([what, expect.stringMatching(/^FAIL [^\n]*$/)])
  }
})

test('a syntax error in JavaScript has its line too, and serve says the same as doctor', async () => {
  using folder = temporaryFolder()
  writeFileSync(join(folder.path, 'agent.mjs'), `${head}\n\nconst a = = 1\n`)
  const outcome = await runToEnd(folder.path, ['serve'], { ...settings, AGENT: 'agent.mjs' })
  expect(outcome.stderr).toMatch(/^colloquy: AGENT: .*agent\.mjs:3: SyntaxError: .*\n$/)
  expect(outcome).toMatchObject({ code: 1, stdout: '' })
})

test('a file that is not there is named', async () => {
  expect((await examine({}, './no-agent.ts')).stdout).toMatch(
    /FAIL +agent +AGENT: there is no file .*no-agent\.ts/,
  )
})
