import type {
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type { Json } from '../turns/event.ts'
import { ModelFailure } from './model-failure.ts'
import { parseToolInput, safeToolName } from './tool-input.ts'

/**
 * `provider`: metadata that the provider wants back with this part in the next step, such as signatures and item ids.
 */
export type StepPart =
  | { type: 'text' | 'reasoning'; text: string; provider?: SharedV4ProviderMetadata }
  | {
      type: 'tool_call'
      providerCallId: string
      name: string
      input: { [key: string]: Json }
      /** Why the call cannot be carried out, phrased for the model. */
      invalid?: string
      provider?: SharedV4ProviderMetadata
    }

/** `place`: the text's index in the step's parts; `text`: all of it so far. */
export type OnDelta = (delta: string, place: number, text: string) => void

type FinishPart = Extract<LanguageModelV4StreamPart, { type: 'finish' }>
type DeltaPart = Extract<LanguageModelV4StreamPart, { type: 'text-delta' | 'reasoning-delta' }>
type Block = {
  id: string
  type: 'text' | 'reasoning'
  place: number
  /** A leading surrogate whose other half is in the next delta. */
  half: string
  provider: SharedV4ProviderMetadata | undefined
}

const maxChars = 1_000_000
const maxToolCalls = 64
/** V8 keeps a concatenated string as a rope of its pieces, ten times as large, until it is read. */
const piecesKept = 64

/**
 * Builds the parts of a step from the stream of one model call and passes text on as it arrives. Runs for every token.
 * A part gets its place with its first character, so that places never change and no part is empty, except reasoning
 * that is only metadata (encrypted or redacted), which the provider wants back.
 */
export class StepParts {
  readonly parts: StepPart[] = []
  finish: FinishPart | undefined
  hasDelivered = false
  readonly #onText: OnDelta
  readonly #onReasoning: OnDelta
  readonly #blocks = new Map<string, Block>()
  readonly #toolInputs = new Map<string, string>()
  readonly #callIds = new Set<string>()
  #block: Block | undefined
  #chars = 0
  #pieces = 0

  constructor({ onText, onReasoning }: { onText: OnDelta; onReasoning: OnDelta }) {
    this.#onText = onText
    this.#onReasoning = onReasoning
  }

  add(part: LanguageModelV4StreamPart) {
    switch (part.type) {
      case 'text-delta':
      case 'reasoning-delta':
        return this.#append(part)
      case 'text-start':
      case 'reasoning-start':
        this.#open(part.type === 'text-start' ? 'text' : 'reasoning', part.id).provider =
          part.providerMetadata
        return
      case 'text-end':
      case 'reasoning-end':
        return this.#close(part.id, part.providerMetadata)
      case 'tool-input-start':
        this.#toolInputs.set(part.id, '')
        return
      case 'tool-input-delta':
        this.#count(part.delta)
        this.#toolInputs.set(part.id, (this.#toolInputs.get(part.id) ?? '') + part.delta)
        return
      case 'tool-call':
        return this.#call(part)
      case 'finish':
        this.finish = part
        return
      case 'error':
        throw new ModelFailure(part.error)
    }
  }

  #append({ type, id, delta, providerMetadata }: DeltaPart) {
    const kind = type === 'text-delta' ? 'text' : 'reasoning'
    let block = this.#block
    if (block?.id !== id || block.type !== kind) block = this.#find(kind, id)
    if (providerMetadata !== undefined) block.provider = providerMetadata
    const text = storable(block, delta)
    if (text === '') return
    this.#count(text)
    if (block.place < 0) block.place = this.parts.push({ type: kind, text: '' }) - 1
    const part = this.parts[block.place]
    if (part?.type !== kind) return
    part.text += text
    this.#pieces += 1
    if (this.#pieces % piecesKept === 0) void part.text.at(-1)
    this.hasDelivered = true
    if (kind === 'text') this.#onText(text, block.place, part.text)
    else this.#onReasoning(text, block.place, part.text)
  }

  #find(type: Block['type'], id: string): Block {
    const block = this.#blocks.get(id)
    if (block?.type !== type) return this.#open(type, id)
    this.#block = block
    return block
  }

  #open(type: Block['type'], id: string): Block {
    const block: Block = { id, type, place: -1, half: '', provider: undefined }
    this.#blocks.set(id, block)
    this.#block = block
    return block
  }

  /** A block's last metadata is the complete one: a signature follows the text it signs. */
  #close(id: string, provider: SharedV4ProviderMetadata | undefined) {
    const block = this.#blocks.get(id)
    if (!block) return
    this.#blocks.delete(id)
    if (this.#block === block) this.#block = undefined
    if (provider !== undefined) block.provider = provider
    this.#settle(block)
  }

  #settle({ type, place, provider }: Block) {
    if (provider === undefined) return
    const part = this.parts[place]
    if (part) part.provider = provider
    else if (type === 'reasoning') this.parts.push({ type, text: '', provider })
  }

  /** Blocks that the provider left open keep their metadata too. */
  settleAll() {
    for (const block of this.#blocks.values()) this.#settle(block)
  }

  #call({ toolCallId, toolName, input: given, providerExecuted, providerMetadata }: LanguageModelV4ToolCall) {
    if (providerExecuted) return
    if (this.#callIds.size >= maxToolCalls) throw tooMuch(`${maxToolCalls} tool calls`)
    this.#count(given)
    // OpenRouter's package replaces arguments it cannot parse by {}: use the model's own text instead.
    const { input, invalid } = parseToolInput((given === '{}' && this.#toolInputs.get(toolCallId)) || given)
    const name = safeToolName(toolName)
    const problem = name === toolName ? invalid : `"${toolName.slice(0, 64)}" is not a tool`
    this.parts.push({
      type: 'tool_call',
      providerCallId: this.#uniqueCallId(toolCallId),
      name,
      input,
      ...(problem !== undefined && { invalid: problem }),
      ...(providerMetadata !== undefined && { provider: providerMetadata }),
    })
  }

  #uniqueCallId(given: string): string {
    const base = given || 'call'
    let id = base
    for (let n = 2; this.#callIds.has(id); n++) id = `${base}_${n}`
    this.#callIds.add(id)
    return id
  }

  #count(text: string) {
    this.#chars += text.length
    if (this.#chars > maxChars) throw tooMuch(`${maxChars} characters`)
  }
}

const tooMuch = (limit: string) =>
  new ModelFailure({ message: `The answer was given up at ${limit}`, isRetryable: false })

/** Text that the database can store: no NUL, and no surrogate pair split between two deltas. */
function storable(block: Block, delta: string): string {
  let text = block.half === '' ? delta : block.half + delta
  block.half = ''
  if (text.isWellFormed() && !text.includes('\0')) return text
  const last = text.charCodeAt(text.length - 1)
  if (last >= 0xd800 && last <= 0xdbff) {
    block.half = text.slice(-1)
    text = text.slice(0, -1)
  }
  return text.toWellFormed().replaceAll('\0', '')
}
