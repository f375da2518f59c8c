import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { parseAst } from 'vitest/node'

const root = join(import.meta.dirname, '../..')

/** As docs/architecture.md has them. A file by its own name, or else by its first folder. */
const layers: Record<string, number> = {
  'main.ts': 9, // chooses among the commands
  commands: 8,
  'app.ts': 7,
  routes: 6,
  'context.ts': 5,
  'doctor.ts': 5,
  turns: 4,
  agent: 3,
  checks: 3,
  store: 2,
  auth: 2,
  db: 1,
  wire: 1,
  'config.ts': 0,
  'config-values.ts': 0,
  'operations-settings.ts': 0,
  'limit-settings.ts': 0,
  'model-settings.ts': 0,
  'mcp-settings.ts': 0,
  'errors.ts': 0,
  'telemetry.ts': 0,
  telemetry: 0,
  'wall-clock.ts': 0,
  'turns/event.ts': 0,
}

const sources = listSources('server')
const page = listSources('web')
const tests = listSources('test')

test('there is something to look at', () => {
  expect(sources.length).toBeGreaterThan(20)
  expect(page.length).toBeGreaterThan(20)
  expect(sources.flatMap(file => importsOf(file)).length).toBeGreaterThan(50)
  expect(sources.flatMap(file => functionsOf(file)).length).toBeGreaterThan(100)
})

test('every file of the server has a layer', () => {
  expect(sources.filter(file => layerOf(file) === undefined)).toEqual([])
})

test('a file imports only from its own folder or from a lower layer', () => {
  const upward = sources.flatMap(file =>
    importsOf(file)
      .filter(target => target.startsWith('server/') && !mayImport(file, target))
      .map(target => `${file} → ${target}`),
  )
  expect(upward).toEqual([])
})

test('the layers would catch an import that goes up or across', () => {
  expect(mayImport('server/store/tasks.ts', 'server/turns/run-turn.ts')).toBe(false)
  expect(mayImport('server/store/tasks.ts', 'server/auth/secret.ts')).toBe(false)
  expect(mayImport('server/turns/event.ts', 'server/turns/run-turn.ts')).toBe(false)
  expect(mayImport('server/wire/text.ts', 'server/turns/event.ts')).toBe(true)
  expect(mayImport('server/store/tasks.ts', 'server/store/turns.ts')).toBe(true)
})

test('the server imports nothing from tests, benchmarks or the page', () => {
  const outside = sources.flatMap(file =>
    importsOf(file).filter(target => /^(test|bench|web)\//.test(target) || target.startsWith('..')),
  )
  expect(outside).toEqual([])
})

test('the page imports only what is its own and talks to the server over HTTP', () => {
  const outside = page.flatMap(file => importsOf(file).filter(target => !target.startsWith('web/')))
  expect(outside).toEqual([])
})

test('no file is longer than 250 lines', () => {
  // Data tables of the offline model's words may be longer.
  const long = [...sources, ...page]
    .filter(file => !/\/lexicon-[a-z]+\.ts$/.test(file))
    .map(file => ({ file, lines: textOf(file).trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > 250)
  expect(long).toEqual([])
})

test('no function is longer than 60 lines', () => {
  expect([...sources, ...page].flatMap(functionsOf).filter(({ lines }) => lines > 60)).toEqual([])
})

test('no function takes more than three parameters', () => {
  expect([...sources, ...page].flatMap(functionsOf).filter(({ parameters }) => parameters > 3)).toEqual([])
})

test('files and folders are kebab-case and named for what they own', () => {
  const words = /(^|-)(index|utils?|helpers?|lib|common|misc|types|manager|service)$/
  const badly = [...sources, ...page, ...tests].filter(file =>
    file
      .split('/')
      .map(part => part.replace(/(\.property)?(\.test)?\.tsx?$/, ''))
      .some(part => words.test(part) || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)),
  )
  expect(badly).toEqual([])
})

test('nothing is exported by default or as a whole', () => {
  const exporting = [...sources, ...page].filter(file =>
    programOf(file).body.some(
      node => node.type === 'ExportDefaultDeclaration' || node.type === 'ExportAllDeclaration',
    ),
  )
  expect(exporting).toEqual([])
})

test('only config.ts reads the environment', () => {
  const readers = [...sources, ...page].filter(file =>
    /\bprocess\s*(\.|\?\.|\[['"])\s*env\b/.test(textOf(file)),
  )
  expect(readers).toEqual(['server/config.ts'])
})

test('nothing ends the process by itself', () => {
  expect(sources.filter(file => /\bprocess\.(exit|abort|reallyExit)\(/.test(textOf(file)))).toEqual([])
})

function listSources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function layerOf(file: string): number | undefined {
  const path = file.replace(/^server\//, '')
  return layers[path] ?? layers[path.split('/')[0] ?? '']
}

function mayImport(file: string, target: string): boolean {
  const [from, to] = [layerOf(file), layerOf(target)]
  if (from === undefined || to === undefined) return false
  // The lowest layer is one folder in spirit, wherever its files lie.
  return to < from || (to === from && (to === 0 || topFolderOf(file) === topFolderOf(target)))
}

const topFolderOf = (file: string) => file.split('/').slice(0, -1).slice(0, 2).join('/')

interface SyntaxNode {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

function programOf(file: string): { body: SyntaxNode[] } {
  // The parser's own node type has no index by key, which walking every child needs.
  return parseAst(textOf(file), { lang: file.endsWith('.tsx') ? 'tsx' : 'ts' }, file) as unknown as {
    body: SyntaxNode[]
  }
}

function* nodesOf(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const each of value) yield* nodesOf(each)
  } else if (value && typeof value === 'object') {
    if (isNode(value)) yield value
    for (const each of Object.values(value)) yield* nodesOf(each)
  }
}

const isNode = (value: object): value is SyntaxNode => 'type' in value && 'start' in value && 'end' in value

/** Static and dynamic imports and re-exports of our own files, from the root of the repository. */
function importsOf(file: string): string[] {
  return [...nodesOf(programOf(file).body)]
    .filter(node => /^(Import|ExportNamed|ExportAll)(Declaration|Expression)$/.test(node.type))
    .map(node => node.source)
    .filter(source => source !== null && typeof source === 'object' && 'value' in source)
    .map(source => String(source.value))
    .filter(specifier => specifier.startsWith('.'))
    .map(specifier => relative(root, join(root, dirname(file), specifier)))
}

function functionsOf(file: string): { at: string; lines: number; parameters: number }[] {
  const text = textOf(file)
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length
  return [...nodesOf(programOf(file).body)]
    .filter(node => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type))
    .map(node => ({
      at: `${file}:${lineAt(node.start)}`,
      lines: lineAt(node.end) - lineAt(node.start) + 1,
      parameters: Array.isArray(node.params) ? node.params.length : 0,
    }))
}
