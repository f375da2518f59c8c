/**
 * The one list of what must pass, for `npm run ci`: runs all of it even after a failure, counts each check and each
 * test, and ends with the line `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Count {
  passed: number
  failed: number
}

const auditTimeoutMs = 60_000

const counts = [
  countOne('format and lint', ['biome', 'ci', '--error-on-warnings', '.']),
  countOne('types', ['tsc', '-p', 'tsconfig.json']),
  countOne('types of the page', ['tsc', '-p', 'web/tsconfig.json']),
  countOne('page build', ['vite', 'build']),
  countAudit(),
  countTests('plain'),
  countTests('pglite'),
  countTests('postgres'),
  countTests('browser'),
]
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1

function run([command = '', ...args]: string[]): boolean {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (error) console.error(`${command}: ${error.message}`)
  return status === 0
}

function countOne(name: string, command: string[]): Count {
  console.log(`\n== ${name}`)
  return run(command) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/** Known holes in what is shipped. A registry that does not answer, or knows none, says nothing about them: skipped. */
function countAudit(): Count {
  console.log('\n== audit of the dependencies')
  const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    timeout: auditTimeoutMs,
  })
  const found = readAudit(stdout)
  if (error || found === undefined) {
    console.log(`skipped: the registry gave no audit (${error?.message ?? auditProblem(stdout)})`)
    return { passed: 0, failed: 0 }
  }
  const { moderate, high, critical } = found
  console.log(`${moderate} moderate, ${high} high, ${critical} critical`)
  return high + critical === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
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

function countTests(project: string): Count {
  console.log(`\n== tests: ${project}`)
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-ci-'))
  const report = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    return countReport(report, run(['vitest', 'run', '--project', project, ...reporters]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A file that could not be loaded, or a run that died or found no test, has failed without a failed test to show. */
function countReport(report: string, succeeded: boolean): Count {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    const unloaded = testResults.filter(
      (file: { status: string; assertionResults: { status: string }[] }) =>
        file.status === 'failed' && !file.assertionResults.some(each => each.status === 'failed'),
    ).length
    const failed = numFailedTests + unloaded
    const silent = numPassedTests === 0 || !succeeded
    return { passed: numPassedTests, failed: failed === 0 && silent ? 1 : failed }
  } catch (error) {
    console.error(`The test run left no report: ${error instanceof Error ? error.message : error}`)
    return { passed: 0, failed: 1 }
  }
}
