import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { partsOf } from '../support/offline-conversation.ts'
import { toolNames } from '../support/task-tools.ts'

const reminderTools = ['set_reminder', 'cancel_reminder', 'list_reminders']
const tool = (name: string) => ({ type: 'function' as const, name, inputSchema: {} })
const tasks = [
  { id: 3, title: 'Team meeting', due_date: '2026-11-23T10:00:00.000Z' },
  { id: 4, title: 'Dentist', due_date: '2026-11-25T14:00:00.000Z' },
]
const results: Record<string, object> = {
  list_tasks: { tasks, total: 2 },
  add_task: { task_id: 5, title: 'Call mom', status: 'created' },
  set_reminder: { task_id: 4, title: 'Dentist', remind_at: '2026-11-23T09:00:00.000Z', status: 'scheduled' },
  cancel_reminder: { task_id: 4, title: 'Dentist', status: 'cancelled' },
  list_reminders: { reminders: [{ task_id: 4, title: 'Dentist', remind_at: '2026-11-23T09:00:00.000Z' }] },
}

/** Plays one message to its end; gives the calls other than look-ups, and what was said. */
async function say(message: string, names = [...toolNames, ...reminderTools]) {
  const prompt: LanguageModelV4Prompt = [{ role: 'user', content: [{ type: 'text', text: message }] }]
  const calls: [string, unknown][] = []
  for (;;) {
    const parts = await partsOf(prompt, { tools: names.map(tool) })
    const made = parts.flatMap(part => (part.type === 'tool-call' ? [part] : []))
    const text = parts.map(part => (part.type === 'text-delta' ? part.delta : '')).join('')
    if (made.length === 0) return { calls: calls.filter(([name]) => name !== 'list_tasks'), text }
    for (const { toolCallId, toolName, input } of made) {
      calls.push([toolName, JSON.parse(input)])
      const call = { toolCallId, toolName }
      // What the tools give back is JSON.
      const output = { type: 'json' as const, value: results[toolName] as never }
      const asked: LanguageModelV4Message = {
        role: 'assistant',
        content: [{ type: 'tool-call', ...call, input: JSON.parse(input) }],
      }
      prompt.push(asked, { role: 'tool', content: [{ type: 'tool-result', ...call, output }] })
    }
  }
}

test.each([
  ['remind me an hour before task 3', 'set_reminder', { task_id: 3, minutes_before: 60 }],
  [
    'could you remind me of the dentist two hours before?',
    'set_reminder',
    { task_id: 4, minutes_before: 120 },
  ],
  [
    'remind me about the dentist tomorrow at 9',
    'set_reminder',
    { task_id: 4, remind_at: '2026-11-23T09:00:00.000Z' },
  ],
  ['set a reminder for task 4', 'set_reminder', { task_id: 4 }],
  ['cancel the reminder for the dentist', 'cancel_reminder', { task_id: 4 }],
  ["don't remind me about the dentist", 'cancel_reminder', { task_id: 4 }],
  ['what reminders do I have?', 'list_reminders', {}],
])('%s', async (message, name, args) => {
  const { calls, text } = await say(message)
  expect(calls).toEqual([[name, args]])
  expect(text).toMatch(/Dentist|Team meeting/)
})

test('a task that is new gets its reminder at the time it was asked for', async () => {
  const { calls } = await say('remind me to call mom tomorrow at 9')
  const due = '2026-11-23T09:00:00.000Z'
  expect(calls).toEqual([
    ['add_task', { title: 'Call mom', due_date: due }],
    ['set_reminder', { task_id: 5, remind_at: due }],
  ])
})

test('without a time, or without the tools, there is only the task', async () => {
  expect((await say('remind me to call mom tomorrow')).calls.map(([name]) => name)).toEqual(['add_task'])
  const { calls } = await say('remind me to call mom tomorrow at 9', [...toolNames])
  expect(calls.map(([name]) => name)).toEqual(['add_task'])
})
