import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'

/** Models that cost next to nothing: what is left is the cost of everything else. */

type Controller = ReadableStreamDefaultController<LanguageModelV4StreamPart>

const words = 'I added the task for you, anything else you want me to do today please?'.split(' ')

const start: LanguageModelV4StreamPart[] = [
  { type: 'stream-start', warnings: [] },
  { type: 'text-start', id: '1' },
]

const end: LanguageModelV4StreamPart[] = [
  { type: 'text-end', id: '1' },
  {
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: {
      inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
      outputTokens: { total: words.length, text: words.length, reasoning: 0 },
    },
  },
]

const delta = (text: string): LanguageModelV4StreamPart => ({ type: 'text-delta', id: '1', delta: text })

const modelOf = (
  stream: (signal: AbortSignal | undefined) => ReadableStream<LanguageModelV4StreamPart>,
): LanguageModelV4 => ({
  specificationVersion: 'v4',
  provider: 'bench',
  modelId: 'bench',
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error('The bench only streams')),
  doStream: async ({ abortSignal }) => ({ stream: stream(abortSignal) }),
})

/** Answers at once, in fifteen deltas. */
export const instantModel = modelOf(() => {
  const deltas = words.map((word, n) => delta(n ? ` ${word}` : word))
  return new ReadableStream({ start: controller => enqueue(controller, [...start, ...deltas, ...end]) })
})

/** Says the time, every `everyMs`, for `times` times, beginning at a random moment of the first interval. */
export const tickingModel = (everyMs: number, times: number): LanguageModelV4 =>
  modelOf(signal => {
    let timer: NodeJS.Timeout | undefined
    let left = times
    const tick = (controller: Controller) => {
      controller.enqueue(delta(`${Date.now()} `))
      left -= 1
      if (left > 0) timer = setTimeout(tick, everyMs, controller)
      else enqueue(controller, end)
    }
    return new ReadableStream({
      start: controller => {
        for (const part of start) controller.enqueue(part)
        signal?.addEventListener('abort', () => clearTimeout(timer))
        timer = setTimeout(tick, Math.random() * everyMs, controller)
      },
      cancel: () => clearTimeout(timer),
    })
  })

function enqueue(controller: Controller, parts: LanguageModelV4StreamPart[]): void {
  for (const part of parts) controller.enqueue(part)
  controller.close()
}
