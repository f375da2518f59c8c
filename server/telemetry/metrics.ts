import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { boundedLabel } from './bounded-label.ts'

const prefix = 'colloquy_'
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

/** A gauge's values; undefined: not known now, and left out. */
type Reading<Label extends string> = ({ value: number } & Record<Label, string>)[] | undefined

interface GaugeSource<Label extends string> {
  labels?: readonly Label[]
  /** How to combine processes that share a port: values that each reads from the whole system must not be added up. */
  aggregate?: 'sum' | 'max'
  read(): Reading<Label> | Promise<Reading<Label>>
}

/** The metrics of one process, for another to aggregate. */
export type MetricsSnapshot = object[]

/** All metrics of one server, in its own registry. No label ever contains an id or user text. */
export class Metrics {
  readonly #registry = new Registry()
  readonly modelLabel = boundedLabel(32)
  readonly toolLabel = boundedLabel(200)

  readonly turnsAccepted = this.#counter('turns_accepted_total', 'Messages taken in', ['kind', 'outcome'])
  readonly turnsEnded = this.#counter('turns_ended_total', 'Turns that ended here', ['kind', 'status'])
  readonly turnsFailed = this.#counter('turns_failed_total', 'Turns that failed, by code', ['code'])
  readonly turnsTakenOver = this.#counter('turns_taken_over_total', 'Turns taken over from others')
  readonly turnsLeft = this.#counter('turns_left_total', 'Turns that an error took from this instance')
  readonly tokens = this.#counter('model_tokens_total', 'As the provider counts', ['model', 'direction'])
  readonly reminders = this.#counter('reminders_fired_total', 'Reminders told', ['outcome', 'late'])
  readonly requests = this.#counter('requests_total', 'Answers', ['method', 'route', 'status'])
  readonly refusals = this.#counter('refusals_total', 'Requests answered with an error', ['code'])
  readonly beatsMissed = this.#counter('pulse_missed_total', 'Beats of the pulse that failed', ['beat'])
  readonly turnSeconds = this.#histogram('turn_duration_seconds', 'From acceptance to the stored answer', [
    'status',
  ])
  readonly firstDeltaSeconds = this.#histogram(
    'turn_first_delta_seconds',
    'From acceptance to the first word',
  )
  readonly stepSeconds = this.#histogram('step_duration_seconds', 'A call of the model with its retries', [
    'model',
    'outcome',
  ])
  readonly toolSeconds = this.#histogram('tool_duration_seconds', 'A tool call until it was stored', [
    'tool',
    'status',
  ])
  readonly requestSeconds = this.#histogram(
    'request_duration_seconds',
    'Until the answer, or the beginning of a stream',
    ['method', 'route'],
  )

  /** A metric whose value is read on scrape. */
  gauge<Label extends string = never>(name: string, help: string, source: GaugeSource<Label>): void {
    const { labels = [], aggregate = 'sum', read } = source
    this.#registry.removeSingleMetric(prefix + name)
    new Gauge<Label>({
      name: prefix + name,
      help,
      labelNames: labels,
      aggregator: aggregate,
      registers: [this.#registry],
      async collect() {
        if (labels.length > 0) this.reset()
        else this.remove()
        for (const { value, ...given } of (await read()) ?? []) {
          // What remains of a reading without its value are its labels.
          this.set(given as unknown as Record<Label, string>, value)
        }
      },
    })
  }

  /** This process's metrics in the exposition format of Prometheus. */
  async text(): Promise<string> {
    return `${await this.#registry.metrics()}\n${await processRegistry().metrics()}`
  }

  /** This process's metrics, for a process that aggregates several. */
  async snapshot(): Promise<MetricsSnapshot> {
    const parts = await Promise.all([this.#registry.getMetricsAsJSON(), processRegistry().getMetricsAsJSON()])
    return parts.flat()
  }

  #counter<Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) {
    return new Counter<Label>({ name: prefix + name, help, labelNames, registers: [this.#registry] })
  }

  #histogram<Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []) {
    return new Histogram<Label>({
      name: prefix + name,
      help,
      labelNames,
      buckets,
      registers: [this.#registry],
    })
  }
}

export const contentType = Registry.PROMETHEUS_CONTENT_TYPE

/** Combines the metrics of processes that share a port. */
export const aggregate = (processes: MetricsSnapshot[]): Promise<string> =>
  AggregatorRegistry.aggregate(processes).metrics()

let ofProcess: Registry | undefined

/** Memory, CPU, event loop, garbage collection: once per process, however many servers it contains. */
function processRegistry(): Registry {
  if (!ofProcess) {
    ofProcess = new Registry()
    collectDefaultMetrics({ register: ofProcess })
  }
  return ofProcess
}
