import { AppError } from '../errors.ts'

const ignore = () => {}

/**
 * Stops a step from outside: by the caller's signal or the step's own time limit. One listener and one timer per step,
 * removed with it; `AbortSignal.any` is slower and stays attached to a signal that outlives the step.
 */
export class StepStop {
  stopped = false
  reason: unknown
  /** Called once on stop: aborts the open request, or ends the wait between two attempts. */
  onStop: () => void = ignore
  readonly #signal: AbortSignal
  readonly #timer: NodeJS.Timeout
  readonly #deadline: number

  constructor(signal: AbortSignal, timeoutMs: number) {
    this.#signal = signal
    this.#deadline = performance.now() + timeoutMs
    this.#timer = setTimeout(this.#timedOut, timeoutMs)
    signal.addEventListener('abort', this.#aborted)
    if (signal.aborted) this.#aborted()
  }

  get remainingMs(): number {
    return this.#deadline - performance.now()
  }

  /**
   * The work's outcome, or rejects with `reason` when stopped first, without waiting for work that ignores the stop.
   */
  orStopped<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(resolve, reject)
      this.onStop = () => reject(this.reason)
      if (this.stopped) this.onStop()
    })
  }

  /** Ends early, without an error, when stopped. */
  wait(ms: number): Promise<void> {
    if (this.stopped) return Promise.resolve()
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      this.onStop = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  dispose() {
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#aborted)
    this.onStop = ignore
  }

  readonly #aborted = () => this.#stop(this.#signal.reason)

  readonly #timedOut = () => this.#stop(new AppError('agent_timeout'))

  #stop(reason: unknown) {
    if (this.stopped) return
    this.stopped = true
    this.reason = reason
    this.onStop()
  }
}
