import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readScrape } from './support/scrape.ts'
import { startServer } from './support/server.ts'

const read = (file: string) => readFileSync(join(import.meta.dirname, '../deploy', file), 'utf8')

/** A histogram's series have names of their own. */
const metricsIn = (expression: string) =>
  (expression.match(/\b(colloquy|process|nodejs)_\w+/g) ?? []).map(name =>
    name.replace(/_(bucket|sum|count)$/, ''),
  )

const dashboard: string[] = JSON.parse(read('grafana-dashboard.json')).panels.flatMap(
  (panel: { targets: { expr: string }[] }) => panel.targets.map(target => target.expr),
)
const alerts: string[] = parse(read('alerts.yaml')).groups.flatMap((group: { rules: { expr: string }[] }) =>
  group.rules.map(rule => rule.expr),
)

test('the dashboard and the alerts ask for metrics that there are, and every metric is shown', async () => {
  await using server = await startServer()
  const { names } = await readScrape(await fetch(`${server.url}/metrics`))
  expect(dashboard.length).toBeGreaterThan(15)
  expect(alerts.length).toBeGreaterThan(8)
  const asked = [...dashboard, ...alerts].flatMap(metricsIn)
  expect(asked.filter(name => !names.has(name))).toEqual([])
  const ours = [...names].filter(name => name.startsWith('colloquy_'))
  expect(ours.length).toBeGreaterThan(20)
  expect(ours.filter(name => !dashboard.flatMap(metricsIn).includes(name))).toEqual([])
})
