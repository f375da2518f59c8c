import type {
  LanguageModelV4,
  LanguageModelV4FinishReason,
  LanguageModelV4FunctionTool,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import { AppError } from '../errors.ts'
import type { Usage } from '../turns/event.ts'
import { ModelFailure, retryDelayMs } from './model-failure.ts'
import { type OnDelta, type StepPart, StepParts } from './step-parts.ts'
import { StepStop } from './step-stop.ts'

/** `timeoutMs` covers the whole step with its attempts and waits; the callbacks receive text as soon as it arrives. */
export interface StepRequest {
  model: LanguageModelV4
  prompt: LanguageModelV4Prompt
  tools: LanguageModelV4FunctionTool[]
  providerOptions: SharedV4ProviderOptions
  /** Sent in addition to the provider's own headers. */
  headers?: Record<string, string> | undefined
  signal: AbortSignal
  timeoutMs: number
  maxRetries: number
  /** Wait before the first retry if the provider names none; doubles with each retry. Default 500. */
  retryDelayMs?: number
  onText: OnDelta
  onReasoning: OnDelta
}

export interface StepResult {
  parts: StepPart[]
  finishReason: LanguageModelV4FinishReason['unified']
  usage: Usage
}

type Stream = ReadableStream<LanguageModelV4StreamPart>
type Reader = ReadableStreamDefaultReader<LanguageModelV4StreamPart>

const ignore = () => {}

/**
 * One model call within a turn, retried only as long as none of its output has been passed on. Throws the reason of
 * `signal` when that aborts, `agent_timeout` when the time is up, `agent_unavailable` for any provider failure, and
 * whatever a callback throws; in all these cases the request to the provider is closed.
 */
export async function runStep(request: StepRequest): Promise<StepResult> {
  const stop = new StepStop(request.signal, request.timeoutMs)
  try {
    for (let attempt = 1; !stop.stopped; attempt++) {
      const parts = new StepParts(request)
      try {
        return await callModel(request, parts, stop)
      } catch (error) {
        if (stop.stopped || !(error instanceof ModelFailure)) throw error
        const waitMs = retryDelayMs(error, attempt, request.retryDelayMs ?? 500)
        const mayRetry = error.isRetryable && !parts.hasDelivered && attempt <= request.maxRetries
        if (!mayRetry || waitMs >= stop.remainingMs) throw unavailable(error)
        await stop.wait(waitMs)
      }
    }
    throw stop.reason
  } finally {
    stop.dispose()
  }
}

async function callModel(request: StepRequest, parts: StepParts, stop: StepStop): Promise<StepResult> {
  const call = new AbortController()
  let reader: Reader | undefined
  const abandon = () => {
    call.abort()
    reader?.cancel().catch(ignore)
  }
  try {
    const stream = await openStream(request, call, stop)
    reader = stream.getReader()
    stop.onStop = abandon
    await readAll(reader, parts, stop)
    return resultOf(parts, request.model)
  } catch (error) {
    abandon()
    throw error
  }
}

/** Does not wait for a model that ignores being aborted. */
function openStream(
  { model, ...request }: StepRequest,
  call: AbortController,
  stop: StepStop,
): Promise<Stream> {
  const { prompt, tools, providerOptions, headers = {} } = request
  return new Promise((resolve, reject) => {
    stop.onStop = () => {
      call.abort()
      reject(stop.reason)
    }
    if (stop.stopped) return stop.onStop()
    model.doStream({ prompt, tools, providerOptions, abortSignal: call.signal, headers }).then(
      ({ stream }) => (stop.stopped ? stream.cancel().catch(ignore) : resolve(stream)),
      error => reject(new ModelFailure(error)),
    )
  })
}

/** Once the finish part has arrived the answer is complete, whatever happens to the connection. */
async function readAll(reader: Reader, parts: StepParts, stop: StepStop) {
  while (!stop.stopped) {
    let next: Awaited<ReturnType<Reader['read']>>
    try {
      next = await reader.read()
    } catch (error) {
      if (parts.finish) return
      throw stop.stopped ? stop.reason : new ModelFailure(error)
    }
    if (next.done) break
    parts.add(next.value)
  }
  if (stop.stopped && !parts.finish) throw stop.reason
}

function resultOf(parts: StepParts, model: LanguageModelV4): StepResult {
  const { finish } = parts
  if (!finish) throw ModelFailure.incomplete('The stream ended without a finish')
  const { unified, raw } = finish.finishReason
  if (unified === 'error') throw ModelFailure.incomplete('The model stopped because of an error')
  // OpenRouter's package reports a cut stream as finished; only a finish reason from the model proves the end.
  const isCut = unified === 'interrupted' || (raw === undefined && model.provider.startsWith('openrouter'))
  if (isCut) throw ModelFailure.incomplete('The stream ended before the model did')
  parts.settleAll()
  const { inputTokens, outputTokens } = finish.usage
  return {
    parts: parts.parts,
    finishReason: unified,
    usage: { input_tokens: inputTokens.total ?? 0, output_tokens: outputTokens.total ?? 0 },
  }
}

/** The public text is fixed; what the provider said is in the cause, for the log. */
function unavailable(failure: ModelFailure): AppError {
  const seconds = failure.retryAfterMs === undefined ? undefined : Math.ceil(failure.retryAfterMs / 1000)
  return new AppError('agent_unavailable', undefined, {
    cause: failure,
    ...(seconds !== undefined && { facts: { retry_after_seconds: seconds } }),
  })
}
