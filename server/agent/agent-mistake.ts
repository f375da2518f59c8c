/** What the author of an agent has to put right; the message says what and, where it is known, in which line. */
export class AgentMistake extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'AgentMistake'
  }
}
