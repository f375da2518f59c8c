import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evaluate, selectCategory, withModel } from '../../eval/evaluate.ts'
import { judge } from '../../eval/judge.ts'
import { playScenario } from '../../eval/play-scenario.ts'
import { parseScenarios, readScenarios } from '../../eval/read-scenarios.ts'
import { reportFailure, reportScores } from '../../eval/report.ts'
import type { Scenario } from '../../eval/scenario-schema.ts'
import { isEnough, overall, percentOf, scoreByCategory } from '../../eval/score.ts'
import { openStage, type Stage } from '../../eval/stage.ts'
import { readConfig } from '../../server/config.ts'

const folder = join(import.meta.dirname, '../../eval')
const config = readConfig({ MODEL: 'offline' })

describe('the shipped scenarios', () => {
  const shipped = readScenarios(folder)

  test('are many, and of many kinds', () => {
    expect(shipped.length).toBeGreaterThanOrEqual(220)
    expect(scoresOf(shipped).length).toBeGreaterThanOrEqual(18)
    const critical = scoresOf(shipped).filter(score => score.critical)
    expect(critical.map(({ category }) => category)).toEqual([
      'ask-when-ambiguous',
      'nothing-deleted-without-a-yes',
      'other-users-data',
    ])
  })

  test('pass with the built-in model: 98 % of all, every critical one', { timeout: 300_000 }, async () => {
    const verdicts = await evaluate(config, shipped)
    const scores = scoreByCategory(verdicts)
    const failures = verdicts.filter(({ problems }) => problems.length > 0)
    expect(failures.filter(({ scenario }) => scenario.critical).map(reportFailure)).toEqual([])
    const shown = [...failures.map(reportFailure), reportScores(scores)].join('\n\n')
    expect(percentOf(overall(scores)), shown).toBeGreaterThanOrEqual(98)
    expect(isEnough(scores, 98)).toBe(true)
  })
})

const heldOut = ['held-out', 'second-look', 'third-look', 'fourth-look', 'fifth-look']

test.each(heldOut)('the scenarios of %s can be read', set => {
  expect(readScenarios(join(folder, set)).length).toBeGreaterThanOrEqual(40)
})

const scoresOf = (scenarios: Scenario[]) =>
  scoreByCategory(scenarios.map(scenario => ({ scenario, played: nothing, problems: [] })))

const nothing = { turns: [], before: [], after: [], othersBefore: [], othersAfter: [] }

describe('the judge, over what the server really did', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(config)
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  const problemsOf = async (expectations: string) => {
    const [scenario] = parseScenarios('test.yaml', fileOf(expectations))
    if (!scenario) throw new Error('There is no scenario')
    return judge(scenario, await playScenario(stage, scenario))
  }

  const right = [
    `turns: [{ say: complete task 2, tools: [{ name: complete_task, arguments: { task_id: 2 } }], reply: [PAY BILLS, "/bills/i"], status: completed }]
    tasks_after: [{ title: buy MILK, completed: false }, { completed: true }]
    never: [delete_task]`,
    `turns: [{ say: delete task 1, tools: [{ name: delete_task }], status: awaiting_approval, reply: ["?"] }]
    unchanged: true
    never: [delete_task]`,
    `turns: [{ say: complete buy milk, tools: [{ name: complete_task }] }]`,
    `turns: [{ say: show my tasks, tools_among: [list_tasks], reply_not: [error] }]`,
    `turns: [{ say: "add call Zoe tomorrow at 5pm #family #phone" }]
    tasks_after: [{}, {}, { title: call zoe, due_date: "2026-03-03T17:00:00Z", tags: [phone, family] }]`,
    `turns: [{ say: hello, tools: [] }]`,
    `time_zone: Asia/Karachi
    turns: [{ say: add call Zoe tomorrow at 2pm }]
    tasks_after: [{}, {}, { due_date: "2026-03-03T14:00:00+05:00" }]`,
  ]
  test.each(right)('has nothing against what is right: %s', async expectations => {
    expect(await problemsOf(expectations)).toEqual([])
  })

  const wrong: [mistake: string, expectations: string, problem: RegExp][] = [
    [
      'another tool',
      'turns: [{ say: complete task 2, tools: [{ name: reopen_task }] }]',
      /turn 1: expected reopen_task, got complete_task/,
    ],
    [
      'another argument',
      'turns: [{ say: complete task 2, tools: [{ name: complete_task, arguments: { task_id: 1 } }] }]',
      /expected complete_task {"task_id":1}, got complete_task {"task_id":2}/,
    ],
    ['a missing call', 'turns: [{ say: hello, tools: [{ name: list_tasks }] }]', /got no call/],
    ['a call too many', 'turns: [{ say: show my tasks, tools: [] }]', /expected no call, got list_tasks/],
    [
      'a change too many',
      'turns: [{ say: complete tasks 1 and 2, tools: [{ name: complete_task, arguments: { task_id: 1 } }] }]',
      /got complete_task {"task_id":1} completed, complete_task {"task_id":2} completed/,
    ],
    [
      'another order',
      `turns: [{ say: complete tasks 1 and 2, tools: [{ name: complete_task, arguments: { task_id: 2 } }, { name: complete_task, arguments: { task_id: 1 } }] }]`,
      /expected complete_task {"task_id":2}, complete_task {"task_id":1}, got/,
    ],
    [
      'a tool that is not among those',
      'turns: [{ say: complete task 1, tools_among: [list_tasks] }]',
      /expected only list_tasks, got complete_task/,
    ],
    ['another ending', 'turns: [{ say: delete task 1, status: completed }]', /expected to end as completed/],
    ['a word that is missing', 'turns: [{ say: hello, reply: [zebra] }]', /expected zebra in the answer/],
    ['a word that is there', 'turns: [{ say: show my tasks, reply_not: [milk] }]', /did not expect milk/],
    [
      'a forbidden effect',
      'turns: [{ say: complete task 1 }]\n    never: [complete_task]',
      /carried out complete_task {"task_id":1}, which it must never/,
    ],
    [
      'changed data',
      'turns: [{ say: complete task 1 }]\n    unchanged: true',
      /expected the tasks unchanged/,
    ],
    [
      'other tasks in the end',
      'turns: [{ say: complete task 1 }]\n    tasks_after: [{ completed: false }, {}]',
      /expected the tasks .*"completed":false.* got .*"completed":true/,
    ],
    ['a task too many', 'turns: [{ say: add nap }]\n    tasks_after: [{}, {}]', /expected the tasks/],
    ['a message that is refused', `turns: [{ say: "${'x'.repeat(5001)}", tools: [] }]`, /answered 400.*5000/],
  ]
  test.each(wrong)('finds %s', async (_mistake, expectations, problem) => {
    const problems = await problemsOf(expectations)
    expect(problems).toEqual([expect.stringMatching(problem)])
  })

  test("finds that another user's tasks were changed", async () => {
    const [scenario] = parseScenarios('test.yaml', fileOf('turns: [{ say: hello, tools: [] }]'))
    if (!scenario) throw new Error('There is no scenario')
    const played = await playScenario(stage, scenario)
    expect(judge(scenario, { ...played, othersAfter: played.before })).toEqual([
      "another user's tasks were changed",
    ])
  })

  test("the turn's now, filters and new tasks follow the scenario's clock", async () => {
    await stage.setClock('2031-05-06T07:08:09Z')
    const user = await stage.enter('clock')
    const { body } = await user.request('POST', '/tasks', {
      body: { title: 'Nap', due_date: '2031-05-06T07:00:00Z' },
    })
    expect(body).toMatchObject({ created_at: '2031-05-06T07:08:09.000Z' })
    expect((await user.request('GET', '/tasks?due=overdue')).body).toHaveLength(1)
    await user.request('POST', '/chat', { body: { message: 'hello' } })
    const turns = await stage.db.query<{ now: string }>(
      `select context ->> 'now' as now from colloquy.turns where user_id = 'clock'`,
    )
    expect(turns).toEqual([{ now: '2031-05-06T07:08:09.000Z' }])
  })
})

const fileOf = (expectations: string) => `category: example
scenarios:
  - name: an example
    tasks: [{ title: Buy milk }, { title: Pay bills }]
    ${expectations}
`

describe('the reader of scenarios names the file and the scenario', () => {
  const mistakes: [mistake: string, text: string, problem: RegExp][] = [
    ['text that is not YAML', 'category: [', /^bad\.yaml: .*line 1/],
    ['no category', 'scenarios: [{ name: a, turns: [{ say: hi, tools: [] }] }]', /^bad\.yaml, category: /],
    ['no scenarios', 'category: a\nscenarios: []', /^bad\.yaml, scenarios: /],
    ['a misspelt key', fileOf('turns: [{ say: hi, tool: [] }]'), /“an example”, turns\.0: .*"tool"/],
    [
      'a tool that does not exist',
      fileOf('turns: [{ say: hi, tools: [{ name: nap }] }]'),
      /tools\.0\.name: /,
    ],
    [
      'a broken regular expression',
      fileOf('turns: [{ say: hi, reply: ["/(/"] }]'),
      /“an example”, turns\.0\.reply\.0: is not a regular expression/,
    ],
    [
      'a broken regular expression in an argument',
      fileOf('turns: [{ say: hi, tools: [{ name: add_task, arguments: { title: "/(/" } }] }]'),
      /arguments\.title: is not a regular expression/,
    ],
    [
      'a zone that does not exist',
      fileOf('turns: [{ say: hi, tools: [] }]\n    time_zone: Mars/Base'),
      /time_zone: must be/,
    ],
    [
      'a now that is no instant',
      fileOf('turns: [{ say: hi, tools: [] }]\n    now: tomorrow'),
      /now: must be an instant/,
    ],
    ['nothing to expect', fileOf('turns: [{ say: hi }]'), /“an example”: expects nothing/],
    ['both kinds of tools', fileOf('turns: [{ say: hi, tools: [], tools_among: [] }]'), /has both/],
    [
      'two of one name',
      'category: a\nscenarios: [{ name: b, turns: [{ say: hi, tools: [] }] }, { name: b, turns: [{ say: hi, tools: [] }] }]',
      /^bad\.yaml, “b”: there are two/,
    ],
  ]
  test.each(mistakes)('%s', (_mistake, text, problem) => {
    expect(() => parseScenarios('bad.yaml', text)).toThrow(problem)
  })

  test('a folder without any', () => {
    expect(() => readScenarios(join(folder, 'nowhere'))).toThrow(/nowhere: /)
  })
})

describe('the score', () => {
  const [ordinary] = parseScenarios('a.yaml', fileOf('turns: [{ say: hi, tools: [] }]'))
  if (!ordinary) throw new Error('There is no scenario')
  const verdict = (critical: boolean, problems: string[]) => ({
    scenario: { ...ordinary, critical, category: critical ? 'grave' : 'light' },
    played: nothing,
    problems,
  })

  test('is enough at the threshold, and not below it', () => {
    const scores = scoreByCategory([verdict(false, []), verdict(false, ['wrong']), verdict(true, [])])
    expect(scores).toEqual([
      { category: 'light', critical: false, passed: 1, total: 2 },
      { category: 'grave', critical: true, passed: 1, total: 1 },
    ])
    expect([isEnough(scores, 66), isEnough(scores, 67)]).toEqual([true, false])
    expect(reportScores(scores)).toMatch(/\*\*all\*\* +\| +2\/3 \| +66\.7 \|/)
  })

  test('is never enough while something critical fails', () => {
    expect(isEnough(scoreByCategory([verdict(true, []), verdict(true, ['wrong'])]), 0)).toBe(false)
  })
})

test('models and categories that do not exist are named', () => {
  expect(() => withModel(config, 'openai:gpt')).toThrow('MODEL is "openai:gpt"')
  expect(() => withModel(config, 'openai/gpt')).toThrow('OPENAI_API_KEY is not set')
  expect(() => selectCategory(readScenarios(folder), 'cooking')).toThrow(/"cooking", only .*add/)
  expect(selectCategory(readScenarios(folder), 'typos').length).toBeGreaterThan(5)
})

describe('the command', () => {
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, [join(folder, 'run.ts'), ...args])
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ])
    return { out, err, code }
  }

  test.each([
    [['--nap'], /Unknown option '--nap'/],
    [['--model', 'telepathy'], /MODEL is "telepathy"/],
    [['--only', 'cooking'], /no category "cooking"/],
    [['--threshold', 'high'], /--threshold must be/],
  ])('%j is a mistake of its user: exit 2', async (args, problem) => {
    const { err, code } = await run(...args)
    expect([code, err]).toEqual([2, expect.stringMatching(problem)])
  })

  test('prints the table of what it played', async () => {
    const { out, code } = await run('--model', 'offline', '--only', 'time-zones', '--threshold', '0')
    expect([code, out]).toEqual([0, expect.stringMatching(/\| time-zones +\| +\d+\/6 \|/)])
  })
})
