import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { createOfflineModel } from '../server/agent/offline/model.ts'
import { median } from './world.ts'

export interface OfflineTurnCost {
  /** What is said, after a conversation that fills its window. */
  message: string
  /** Processor time of a whole turn: every step until the answer. */
  milliseconds: number
}

const tasksStored = 50
const messagesInWindow = 40
const turns = 200
const now = '2026-11-22T10:00:00.000Z'

/** Short and long ways through the grammar: a pointer, a new task, a title to look for, a list, words that mean nothing. */
const messages = [
  'mark the second one as done',
  'add a high priority task to call the bank tomorrow at 5pm #money',
  'could you please delete the third report',
  'what is left to do this week?',
  'the quick brown fox jumped over it and nobody knew why',
]

let clock = Date.parse(now)
const model = createOfflineModel({ delayMs: 0 })
const toolNames = ['add_task', 'list_tasks', 'search_tasks', 'complete_task', 'reopen_task', 'update_task']
const tools = [...toolNames, 'delete_task', 'get_current_user'].map(name => ({
  ...{ type: 'function' as const, name },
  inputSchema: {},
}))

const tasks = Array.from({ length: tasksStored }, (_, n) => ({
  id: n + 1,
  title: `Write report ${n + 1} for the team of the ${n % 7} o'clock shift`,
  ...{ completed: n % 5 === 0, priority: 'medium', tags: ['work'], created_at: now },
  due_date: new Date(Date.parse(now) + n * 11_400_000).toISOString(),
}))

type Content = Extract<LanguageModelV4Message, { role: 'assistant' }>['content']
type Call = Extract<Content[number], { type: 'tool-call' }>

const user = (text: string): LanguageModelV4Message => ({ role: 'user', content: [{ type: 'text', text }] })

/** What each tool gives back here, in the shape of the real one. */
function resultOf({ toolName, input }: Call) {
  if (toolName === 'list_tasks' || toolName === 'search_tasks') return { tasks, total: tasks.length }
  const { task_id = tasksStored + 1, title = 'Write report' } = input as { task_id?: number; title?: string } // the model's own arguments
  return { task_id, title, status: 'created' }
}

/** Plays one turn to its end and leaves it in the prompt; gives its processor time in milliseconds. */
async function playTurn(prompt: LanguageModelV4Prompt): Promise<number> {
  let spent = 0
  // A time of its own, as every turn has one: nothing read at another time can be used again.
  clock += 1
  const at = new Date(clock).toISOString()
  for (;;) {
    const before = process.cpuUsage()
    const { content } = await model.doGenerate({
      ...{ prompt, tools },
      providerOptions: { colloquy: { now: at, time_zone: 'Europe/Berlin', locale: 'en-GB' } },
    })
    const { user, system } = process.cpuUsage(before)
    spent += (user + system) / 1000
    const calls = content
      .filter(part => part.type === 'tool-call')
      .map(call => ({ ...call, input: JSON.parse(call.input) }))
    const texts = content.filter(part => part.type === 'text')
    prompt.push({ role: 'assistant', content: [...texts, ...calls] })
    const approved = calls.filter(({ toolName }) => toolName !== 'delete_task')
    if (approved.length === 0) return spent
    const results = approved.map(call => ({
      ...{ type: 'tool-result' as const, toolCallId: call.toolCallId, toolName: call.toolName },
      output: { type: 'json' as const, value: resultOf(call) },
    }))
    prompt.push({ role: 'tool', content: results })
  }
}

/** A window of earlier messages as people write them, each answered. */
async function conversation(): Promise<LanguageModelV4Prompt> {
  const prompt: LanguageModelV4Prompt = [{ role: 'system', content: 'You are a task assistant.' }]
  const said = ['show my tasks', 'add buy milk', 'mark it done', 'what is overdue?', 'thanks']
  for (let n = 0; n < messagesInWindow / 2; n += 1) {
    prompt.push(user(said[n % said.length] ?? ''))
    await playTurn(prompt)
  }
  return prompt
}

export async function measureOfflineTurns(): Promise<OfflineTurnCost[]> {
  const window = await conversation()
  const costs: OfflineTurnCost[] = []
  for (const message of messages) {
    const samples: number[] = []
    // A copy each: what was kept about the objects of one turn is no help to the next, as in the server.
    for (let n = 0; n < turns; n += 1)
      samples.push(await playTurn([...structuredClone(window), user(message)]))
    costs.push({ message, milliseconds: median(samples.slice(turns / 4)) })
  }
  return costs
}
