import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setInterval } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { openStage } from './support/stage.ts'
import { log, say, settled } from './support/thread.ts'

const updates = 360
const updateMs = 1000 / 60

/** A provider that says a long answer at sixty pieces a second. */
const provider = createServer(async (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (delta: object, finish_reason: string | null = null) => {
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'paced' }
    response.write(`data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta, finish_reason }] })}\n\n`)
  }
  let sent = 0
  for await (const _ of setInterval(updateMs)) {
    send({ content: pieceOf(sent) })
    sent += 1
    if (sent === updates) break
  }
  send({}, 'stop')
  response.end('data: [DONE]\n\n')
})
await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve))
afterAll(() => new Promise(resolve => provider.close(resolve)))

const pieceOf = (n: number) =>
  n % 20 === 0
    ? `\n\n### Part ${n / 20}\n\n| a | b |\n| - | - |\n| ${n} | x |\n\n\`\`\`ts\nconst n = ${n}\n\`\`\`\n\n`
    : `word ${n} and **more** `

const stage = openStage({
  MODEL: 'compatible/paced',
  // A TCP server's address is never a string.
  MODEL_BASE_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}`,
})

// By the processor time in the browser's own trace: what else the machine does is not the page's fault.
test('sixty updates a second of an answer leave the page free: no task of it takes 50 ms', () =>
  stage.visitAs(async ({ page }) => {
    await page.goto('/')
    await say(page, 'Speak')
    await log(page).getByText('Part 2', { exact: true }).waitFor()
    const tasks = await tasksDuring(page, () =>
      log(page)
        .getByText(`Part ${updates / 20 - 1}`, { exact: true })
        .waitFor(),
    )
    await settled(page)
    expect(tasks.length).toBeGreaterThan(updates / 4)
    expect(Math.max(...tasks)).toBeLessThan(50)
  }))

/** How long each task of the page's main thread ran, in milliseconds of processor time. */
async function tasksDuring(page: Page, act: () => Promise<void>): Promise<number[]> {
  const browser = page.context().browser()
  if (!browser) throw new Error('The page has no browser')
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] })
  await act()
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString())
  const main = traceEvents.find(({ name }) => name === 'FunctionCall' || name === 'EvaluateScript')
  return traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && pid === main?.pid && tid === main.tid)
    .map(({ tdur = 0 }) => tdur / 1000)
}

interface TraceEvent {
  name: string
  pid: number
  tid: number
  /** Microseconds of processor time. */
  tdur?: number
}
