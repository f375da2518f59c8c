/** A mistake in an agent that its author must fix; the message says what and, where known, in which line. */
export class AgentMistake extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'AgentMistake'
  }
}
