import { type ScriptedCall, type ScriptedReply, type ScriptedTurn, scriptedModel } from 'colloquy'

/** What a model would do, by rules: enough to try the desk without a key, in English and in these words only. */
const rules: [pattern: RegExp, tool: string, inputOf: (found: string[]) => ScriptedCallInput][] = [
  [/^open (?:a )?ticket:? (.+)/i, 'open_ticket', ([subject = '']) => ({ subject })],
  [/^(?:list|show)\b.*\btickets/i, 'list_tickets', () => ({})],
  [
    /^reply to (?:ticket )?(\d+): ?(.+)/i,
    'reply_to_ticket',
    ([number, body = '']) => ({ number: Number(number), body }),
  ],
  [/^close (?:ticket )?(\d+)/i, 'close_ticket', ([number]) => ({ number: Number(number) })],
  [
    /^refund ([\d.]+) (?:of|for) order (\S+)/i,
    'refund_order',
    ([amount, order = '']) => ({ order, amount: Number(amount) }),
  ],
  [/\border (\S+?)[?.!]?$/i, 'order_status', ([order = '']) => ({ order })],
]

type ScriptedCallInput = ScriptedCall['input']

const help =
  'Try: “open ticket: my parcel is late”, “show my tickets”, “reply to 1: it came”, “close 1”, ' +
  '“where is order A-1001?”, “refund 20 of order A-1001”.'

export const practiceModel = scriptedModel(({ message, calls }: ScriptedTurn): ScriptedReply => {
  if (calls.length > 0) return { say: calls.map(tell).join('\n') }
  for (const [pattern, tool, inputOf] of rules) {
    const found = pattern.exec(message.trim())
    if (found) return { calls: [{ tool, input: inputOf(found.slice(1)) }] }
  }
  return { say: help }
})

const tell = ({ tool, result, error }: ScriptedCall): string =>
  error ?? (result ? `${tool}: ${JSON.stringify(result)}` : 'Nothing was done.')
