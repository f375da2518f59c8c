/** A parsed scrape, each series by its name and labels (Prometheus, text format 0.0.4). */
export interface Scrape {
  text: string
  /** Number of our own series; process metrics appear only once there is an event to count, such as a kind of GC. */
  series: number
  /** All described metrics, with or without a value. */
  names: Set<string>
  get(name: string, labels?: Record<string, string>): number | undefined
}

export async function readScrape(answer: Response): Promise<Scrape> {
  const text = await answer.text()
  const values = new Map<string, number>()
  const names = new Set<string>()
  for (const line of text.split('\n')) {
    const [, described] = /^# TYPE (\S+)/.exec(line) ?? []
    if (described) names.add(described)
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name) values.set(keyOf(name, labels.match(/\w+="(?:[^"\\]|\\.)*"/g) ?? []), Number(value))
  }
  return {
    text,
    series: [...values.keys()].filter(key => key.startsWith('colloquy_')).length,
    names,
    get: (name, labels = {}) =>
      values.get(
        keyOf(
          name,
          Object.entries(labels).map(([label, value]) => `${label}="${value}"`),
        ),
      ),
  }
}

const keyOf = (name: string, labels: string[]) => `${name}{${[...labels].sort().join(',')}}`
