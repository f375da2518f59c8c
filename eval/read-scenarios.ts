import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { type Scenario, scenarioFile } from './scenario-schema.ts'

/** Everything that is wrong with the files, one line each, with the file and the scenario. */
export class ScenarioError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.name = 'ScenarioError'
  }
}

/** All scenarios of a folder's files, in the order of their names. Throws a ScenarioError with all mistakes at once. */
export function readScenarios(folder: string): Scenario[] {
  const files = listFiles(folder)
  if (files.length === 0) throw new ScenarioError([`${folder}: there are no scenario files (*.yaml)`])
  const problems: string[] = []
  const scenarios = files.flatMap(file => {
    try {
      return parseScenarios(file, readFileSync(join(folder, file), 'utf8'))
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error
      problems.push(error.message)
      return []
    }
  })
  if (problems.length > 0) throw new ScenarioError(problems)
  return scenarios
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(file => file.endsWith('.yaml'))
      .sort()
  } catch (error) {
    throw new ScenarioError([`${folder}: ${error instanceof Error ? error.message : error}`])
  }
}

export function parseScenarios(file: string, text: string): Scenario[] {
  const document = parseDocument(text)
  if (document.errors.length > 0) {
    throw new ScenarioError(document.errors.map(error => `${file}: ${error.message.split('\n')[0]}`))
  }
  const content: unknown = document.toJS()
  const parsed = scenarioFile.safeParse(content)
  if (!parsed.success) {
    throw new ScenarioError(
      parsed.error.issues.flatMap(innermost).map(issue => describe(file, content, issue)),
    )
  }
  const { category, critical, scenarios } = parsed.data
  const repeated = scenarios.filter(
    ({ name }, index) => scenarios.findIndex(one => one.name === name) < index,
  )
  if (repeated.length > 0) {
    throw new ScenarioError(repeated.map(({ name }) => `${file}, “${name}”: there are two of this name`))
  }
  return scenarios.map(scenario => ({ ...scenario, category, critical, file }))
}

/** A union tells of every branch that failed; the last word of one is enough to find the mistake. */
const innermost = (issue: z.core.$ZodIssue): z.core.$ZodIssue[] => {
  const own =
    issue.code === 'invalid_union' ? issue.errors.flat().find(one => one.code === 'custom') : undefined
  return [own ? { ...own, path: [...issue.path, ...own.path] } : issue]
}

function describe(file: string, content: unknown, { path, message }: z.core.$ZodIssue): string {
  const [first, index, ...rest] = path
  if (first !== 'scenarios' || typeof index !== 'number') return `${[file, ...path].join(', ')}: ${message}`
  const place = rest.length > 0 ? `, ${rest.join('.')}` : ''
  return `${file}, “${nameAt(content, index)}”${place}: ${message}`
}

/** What the scenario calls itself, where it does; the reading has failed, so nothing about its shape is known. */
function nameAt(content: unknown, index: number): string {
  const name: unknown = Object(Object(Object(content).scenarios)[index]).name
  return typeof name === 'string' ? name : `scenario ${index + 1}`
}
