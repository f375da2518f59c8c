/**
 * All checks of `npm run ci`: runs them even after a failure, counts each check and each test, and ends with what
 * failed and the line `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

interface Result {
  passed: number
  /** Failures, each with its reason as far as known. */
  failures: string[]
  /** What passed at the second attempt, with the failure of the first. */
  retried?: string[]
}

const auditTimeoutMs = 60_000

const results = [
  check('format and lint', ['biome', 'ci', '--error-on-warnings', '.']),
  check('types', ['tsc', '-p', 'tsconfig.json']),
  check('types of the page', ['tsc', '-p', 'web/tsconfig.json']),
  check('page build', ['vite', 'build']),
  audit(),
  test('plain'),
  test('pglite'),
  test('postgres'),
  test('browser'),
]
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failures = results.flatMap(result => result.failures)
for (const each of results.flatMap(({ retried = [] }) => retried))
  console.log(`\npassed at a second try: ${each}`)
for (const failure of failures) console.log(`\nfailed: ${failure}`)
console.log(`\n${passed} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1

function run([command = '', ...args]: string[]): boolean {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) console.error(`${command}: ${error.message}`)
  return status === 0
}

function check(name: string, command: string[]): Result {
  console.log(`\n== ${name}`)
  return run(command) ? { passed: 1, failures: [] } : { passed: 0, failures: [name] }
}

/**
 * Audits shipped dependencies for known vulnerabilities. Skipped when the registry does not answer or has no
 * advisories.
 */
function audit(): Result {
  console.log('\n== audit of the dependencies')
  const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    timeout: auditTimeoutMs,
  })
  const found = readAudit(stdout)
  if (error || found === undefined) {
    console.log(`skipped: the registry gave no audit (${error?.message ?? auditProblem(stdout)})`)
    return { passed: 0, failures: [] }
  }
  const holes = `${found.moderate} moderate, ${found.high} high, ${found.critical} critical`
  console.log(holes)
  return found.high + found.critical === 0
    ? { passed: 1, failures: [] }
    : { passed: 0, failures: [`audit of the dependencies: ${holes}`] }
}

function readAudit(stdout: string): { moderate: number; high: number; critical: number } | undefined {
  try {
    return JSON.parse(stdout).metadata?.vulnerabilities
  } catch {
    return undefined
  }
}

function auditProblem(stdout: string): string {
  return /"(?:summary|message)": "([^"]+)"/.exec(stdout)?.[1] ?? 'no answer'
}

function test(project: string): Result {
  console.log(`\n== tests: ${project}`)
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-ci-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    const succeeded = run(['vitest', 'run', '--project', project, ...reporters])
    return readReport(project, report, succeeded)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface TestFile {
  name: string
  status: string
  message: string
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
}

/**
 * A file that could not be loaded, and a run that died or found no tests, count as failures although no test failed.
 */
function readReport(project: string, report: string, succeeded: boolean): Result {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const all = (of: (file: TestFile) => string[]): string[] =>
      testResults.flatMap(of).map((each: string) => `${project}: ${each}`)
    const failures = all(failuresOf)
    const silent = numPassedTests === 0 || !succeeded
    if (failures.length === 0 && silent)
      failures.push(`${project}: the run ended in an error, or ran no test`)
    return { passed: numPassedTests, failures, retried: all(retriedOf) }
  } catch (error) {
    return {
      passed: 0,
      failures: [`${project}: no report: ${error instanceof Error ? error.message : error}`],
    }
  }
}

function failuresOf(file: TestFile): string[] {
  const failed = file.assertionResults.filter(each => each.status === 'failed')
  if (file.status === 'failed' && failed.length === 0)
    return [`${relative(process.cwd(), file.name)}: ${file.message}`]
  return failed.map(each => describeTest(file, each))
}

function retriedOf(file: TestFile): string[] {
  return file.assertionResults
    .filter(each => each.status === 'passed' && each.failureMessages.length > 0)
    .map(each => describeTest(file, each))
}

function describeTest(
  { name }: TestFile,
  { fullName, failureMessages }: TestFile['assertionResults'][number],
): string {
  return `${relative(process.cwd(), name)}: ${fullName}\n${failureMessages.join('\n')}`
}
