import type { LanguageModelV4Message } from '@ai-sdk/provider'

type Assistant = Extract<LanguageModelV4Message, { role: 'assistant' }>
type ToolMessage = Extract<LanguageModelV4Message, { role: 'tool' }>
type Result = Extract<ToolMessage['content'][number], { type: 'tool-result' }>
type Call = Extract<Assistant['content'][number], { type: 'tool-call' }>

/**
 * Makes a transcript that every provider accepts, whatever was stored: it starts with the user; user and assistant
 * alternate, with only tool results in between; each call has exactly one result, directly after its message; nothing
 * is empty; it ends with what is to be answered, a user message or tool results.
 */
export function repairTranscript(messages: LanguageModelV4Message[]): LanguageModelV4Message[] {
  const repaired: LanguageModelV4Message[] = []
  for (const [at, message] of messages.entries()) {
    if (message.role === 'tool' || message.role === 'system') continue // results are added with their calls
    const worded = withoutNothing(message)
    if (worded.content.length === 0 || (worded.role === 'assistant' && repaired.length === 0)) continue
    append(repaired, worded)
    if (worded.role === 'assistant') answerCalls(repaired, resultsBehind(messages, at))
  }
  if (repaired.length === 0 || repaired.at(-1)?.role === 'assistant') repaired.push(user('(No message.)'))
  return repaired
}

export const user = (text: string): LanguageModelV4Message => ({
  role: 'user',
  content: [{ type: 'text', text }],
})

/** Removes empty texts, which providers reject, and moves calls last, before their results. */
function withoutNothing<Message extends Exclude<LanguageModelV4Message, { role: 'system' | 'tool' }>>(
  message: Message,
): Message {
  const content = message.content.filter(
    part => part.type !== 'text' || part.text.trim() !== '',
  ) as Message['content'] // some of the same message's parts
  content.sort((a, b) => Number(a.type === 'tool-call') - Number(b.type === 'tool-call'))
  return { ...message, content }
}

function append(repaired: LanguageModelV4Message[], message: LanguageModelV4Message): void {
  const last = repaired.at(-1)
  if (last?.role === 'user' && message.role === 'user') last.content = joined(last.content, message.content)
  else if (last?.role === 'assistant' && message.role === 'assistant')
    last.content = joined(last.content, message.content)
  else repaired.push({ ...message })
}

/** Adjacent texts become paragraphs of one: some providers' packages join texts without a separator. */
function joined<Part extends { type: string; providerOptions?: unknown }>(
  before: Part[],
  after: Part[],
): Part[] {
  const [last, first] = [before.at(-1), after[0]]
  if (!isPlain(last) || !isPlain(first)) return [...before, ...after]
  return [...before.slice(0, -1), { ...last, text: `${last.text}\n\n${first.text}` }, ...after.slice(1)]
}

const isPlain = <Part extends { type: string; providerOptions?: unknown }>(
  part: Part | undefined,
): part is Part & { type: 'text'; text: string } =>
  part?.type === 'text' && part.providerOptions === undefined

/** The tool results between this message and the next one that is not a tool message. */
function resultsBehind(messages: LanguageModelV4Message[], at: number): Result[] {
  const results: Result[] = []
  for (const message of messages.slice(at + 1)) {
    if (message.role !== 'tool') break
    results.push(...message.content.filter(part => part.type === 'tool-result'))
  }
  return results
}

/** A call whose id repeats within its message gets a new id, and so does its result. */
function answerCalls(repaired: LanguageModelV4Message[], results: Result[]): void {
  const message = repaired.at(-1)
  if (message?.role !== 'assistant') return
  const taken = new Set<string>()
  const answers: Result[] = []
  message.content = message.content.map(part => {
    if (part.type !== 'tool-call') return part
    const found = results.findIndex(result => result.toolCallId === part.toolCallId)
    const [result = missing(part)] = found < 0 ? [] : results.splice(found, 1)
    const toolCallId = freeId(part.toolCallId, taken)
    answers.push({ ...result, toolCallId, toolName: part.toolName })
    return toolCallId === part.toolCallId ? part : { ...part, toolCallId }
  })
  if (answers.length > 0) repaired.push({ role: 'tool', content: answers })
}

function freeId(id: string, taken: Set<string>): string {
  let free = id
  for (let n = 2; taken.has(free); n += 1) free = `${id}_${n}`
  taken.add(free)
  return free
}

const missing = ({ toolCallId, toolName }: Call): Result => ({
  type: 'tool-result',
  toolCallId,
  toolName,
  output: { type: 'error-text', value: 'No result was stored: it is not known whether this took effect.' },
})
