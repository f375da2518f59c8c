import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { fileURLToPath } from 'node:url'

/** The line of an author's file that an error came from, as `file:line`. `visited`: the files read, in order. */
export function placeOf(error: unknown, visited: readonly string[]): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const [, url = '', line] of stack.matchAll(/(file:\/\/[^\s()]+?):(\d+)/g)) {
    const file = fileURLToPath(url)
    if (visited.includes(file)) return `${file}:${line}`
  }
  // For a JavaScript file that cannot be parsed, Node shows the position only on the terminal.
  return error instanceof SyntaxError ? placeOfSyntaxError(visited) : visited.at(-1)
}

function placeOfSyntaxError(files: readonly string[]): string | undefined {
  for (const file of files) {
    const line = syntaxErrorIn(file)
    if (line) return `${file}:${line}`
  }
  return files.at(-1)
}

function syntaxErrorIn(file: string): string | undefined {
  try {
    stripTypeScriptTypes(readFileSync(file, 'utf8'), { sourceUrl: file })
    return undefined
  } catch (error) {
    const [first = ''] = error instanceof Error ? (error.stack ?? '').split('\n') : []
    return /:(\d+)$/.exec(first)?.[1]
  }
}
