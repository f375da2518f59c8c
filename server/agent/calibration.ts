/** Below this, what the provider adds around a prompt outweighs what was estimated. */
const leastTokens = 200
const least = 0.7
const most = 3
/** Weight of the learned ratio against the newest measurement. */
const memory = 0.8

/**
 * For each model, the ratio of tokens counted by the provider to tokens estimated. A cache per process; 1 until
 * learned.
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
