/** Below this the provider's own words around a prompt outweigh what was estimated. */
const leastTokens = 200
const least = 0.7
const most = 3
/** How much of what was learned before counts against the newest word of the provider. */
const memory = 0.8

/**
 * How many tokens a provider really counted for one that was estimated, for each model. A cache: what a process has not
 * learned yet it estimates.
 */
export class Calibration {
  readonly #ratios = new Map<string, number>()

  ratioOf(modelId: string): number {
    return this.#ratios.get(modelId) ?? 1
  }

  learn(modelId: string, estimated: number, counted: number): void {
    if (estimated < leastTokens || counted < leastTokens) return
    const ratio = Math.min(most, Math.max(least, counted / estimated))
    const before = this.#ratios.get(modelId)
    this.#ratios.set(modelId, before === undefined ? ratio : before * memory + ratio * (1 - memory))
  }
}
