import { setTimeout as pause } from 'node:timers/promises'

/** Polls until there is a result; on timeout, the error says what it waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  deadlineMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > deadline) throw new Error(`Waited ${deadlineMs} ms in vain: ${what}`)
    await pause(15)
  }
}
