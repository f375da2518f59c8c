import type { ListFacts, Phrases, Told } from './phrases.ts'

const bold = (title: string) => `**${title}**`
const joined = (parts: string[]) =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

const fieldNames = {
  title: 'Title',
  description: 'Description',
  priority: 'Priority',
  tags: 'Tags',
  due_date: 'Due',
  recurrence: 'Repeats',
}

const facts = (task: Told) =>
  [
    task.due && `${task.overdue ? 'overdue since' : 'due'} ${task.due}`,
    task.priority && task.priority !== 'medium' && `${task.priority} priority`,
    task.recurrence && `repeats ${task.recurrence}`,
    ...(task.tags ?? []).map(tag => `#${tag}`),
  ].filter(part => typeof part === 'string')

const spanVerbs = { createdAt: 'added', completedAt: 'completed', dueAt: 'due' }

/** "pending high-priority tasks tagged #work about “report” added yesterday" */
function described(list: ListFacts): string {
  const before = [
    list.status === 'pending' && 'pending',
    list.status === 'completed' && !list.span && 'completed',
    list.due === 'overdue' && 'overdue',
    list.due === 'upcoming' && 'upcoming',
    list.priority && `${list.priority}-priority`,
    list.count === 1 ? 'task' : 'tasks',
    list.due === 'today' && 'due today',
    list.tag && `tagged #${list.tag}`,
    list.search && `about “${list.search}”`,
    list.span && `${spanVerbs[list.span.at]} ${list.span.words}`,
  ]
  return before.filter(part => typeof part === 'string').join(' ')
}

export const english: Phrases = {
  added: task => {
    const extra = facts(task)
    return `Added ${bold(task.title)} (#${task.id})${extra.length > 0 ? `, ${extra.join(', ')}` : ''}.`
  },
  completed: (title, next) =>
    `Done: ${bold(title)} is complete.${next ? ` The next one is due ${next.due}.` : ''}`,
  alreadyDone: title => `${bold(title)} was already complete.`,
  reopened: title => `Reopened ${bold(title)}: it is pending again.`,
  deleted: titles =>
    titles.length === 1
      ? `Deleted ${bold(titles[0] ?? '')}.`
      : `Deleted ${titles.length} tasks: ${joined(titles.map(bold))}.`,
  kept: 'All right, nothing was deleted.',
  updated: (title, lines) => `Updated ${bold(title)}:\n\n${lines.map(line => `- ${line}`).join('\n')}`,
  changed: (field, before, after) => `${fieldNames[field]}: ${before} → ${after}`,
  nothingChanged: title => `${bold(title)} already was like that; nothing changed.`,
  empty: 'none',
  askDelete: titles =>
    titles.length === 1
      ? `Delete ${bold(titles[0] ?? '')}? This can't be undone. Reply **yes** to confirm or **no** to keep it.`
      : `Delete these ${titles.length} tasks? This can't be undone.\n\n${titles.map((title, index) => `${index + 1}. ${bold(title)}`).join('\n')}\n\nReply **yes** to confirm or **no** to keep them.`,
  askTitle: 'What should the task be called?',
  askNewTitle: title => `What should the new title of ${bold(title)} be?`,
  askDescription: title => `What should the description of ${bold(title)} say?`,
  askChange: title =>
    `What should I change about ${bold(title)}: the title, description, due date, priority or tags? For example: “title to Call mom” or “due Friday”.`,
  askDate: wrong =>
    `I can't read “${wrong}” as a date. When is it due? For example: “tomorrow”, “next Friday at 2 PM” or “2026-12-24”.`,
  askDue: title => `When should ${bold(title)} be due? For example: “tomorrow” or “next Friday at 2 PM”.`,
  askRepeat: wrong =>
    `I can repeat a task daily, weekly on one day, or monthly, but not “${wrong}”. How should it repeat? For example: “every Monday at 18:00”, “daily” or **once**.`,
  askRemindAt: title => `When should I remind you of ${bold(title)}? For example: “tomorrow at 9”.`,
  willRemind: when => `I'll remind you ${when}.`,
  reminderOf: (title, said) => `${bold(title)}: ${said}`,
  reminderCancelled: title => `The reminder for ${bold(title)} is cancelled.`,
  reminders: lines =>
    lines.length === 0
      ? 'You have no reminders. Set one with “Remind me an hour before task 3”.'
      : `You have ${lines.length} ${lines.length === 1 ? 'reminder' : 'reminders'}:\n\n${lines.join('\n')}`,
  askPriority: title => `Which priority should ${bold(title)} have: high, medium or low?`,
  askWhich: list => `Which one do you mean?\n\n${list}\n\nReply with a number or a title.`,
  didYouMean: (words, list) =>
    `I couldn't find a task called “${words}”. Did you mean one of these?\n\n${list}\n\nReply with a number, or **no**.`,
  askWhichOpen: 'Which task do you mean? Tell me its number or title, or ask me to “show my tasks”.',
  askContradiction: 'Those two contradict each other. Which one should I do?',
  titleTooLong: 'That title is too long: at most 200 characters. What should it be called instead?',
  noTask: ids =>
    `I couldn't find ${ids.length === 1 ? `task ${ids[0]}` : `tasks ${joined(ids.map(String))}`}.`,
  noSuchTitle: words => `I couldn't find a task called “${words}”.`,
  offerFirst: 'Would you like to add one? Just say “Add buy milk”.',
  offerList: 'Would you like to see your tasks?',
  offerAdd: title => `Would you like me to add ${bold(title)}?`,
  noPlace: place =>
    place > 0
      ? `That list has no number ${place}. Which task do you mean?`
      : 'There is no list to pick from. Which task do you mean?',
  nothingToDelete: 'There is nothing to delete.',
  nothingToDo: 'There are no such tasks, so nothing changed.',
  list: list => `You have ${list.count} ${described(list)}:`,
  emptyList: list => {
    const plain = !list.due && !list.priority && !list.tag && !list.search && !list.span
    if (plain && list.status === 'pending') return 'Nothing is pending. You are all caught up!'
    if (plain && list.status === 'completed') return 'You have not completed any tasks yet.'
    if (plain) return 'You have no tasks yet.'
    return `You have no ${described(list)}.`
  },
  row: task =>
    [`${bold(task.title)} (#${task.id})`, task.done && 'done', ...facts(task)].filter(Boolean).join(', '),
  more: count => `… and ${count} more.`,
  status: task => {
    const extra = facts(task)
    const state = task.done ? 'complete' : 'still pending'
    return `${bold(task.title)} (#${task.id}) is ${[state, ...extra].join(', ')}.`
  },
  due: task =>
    task.due ? `${bold(task.title)} is due ${task.due}.` : `${bold(task.title)} has no due date.`,
  whoAmI: (email, name) => `You are signed in as **${email}**${name ? ` (${name})` : ''}.`,
  ownOnly: 'I can only see and change your own tasks, whoever asks and however.',
  failed: error => `That didn't work: ${error || 'the tool failed'}.`,
  unavailable: "I can't do that here: the tool for it is not available.",
  notUnderstood: words => `I didn't understand “${words}”.`,
  talk: {
    greeting: 'Hello! I look after your task list. Try “Add a task to buy groceries” or “Show my tasks”.',
    thanks: "You're welcome!",
    bye: 'Goodbye! Your tasks will be here.',
    joke: 'Why did the to-do list go to therapy? It had too many unresolved items. What shall we tick off next?',
    fine: 'Great. What would you like to do next?',
    help:
      'I am the built-in assistant. I work offline and understand task requests only:\n\n' +
      '- **Add**: “Add a high priority task to review the report by Friday”\n' +
      '- **List**: “Show my tasks”, “What is pending?”, “Find tasks about the report”\n' +
      '- **Complete or reopen**: “Mark task 3 as complete”, “I finished buying groceries”, “Reopen it”\n' +
      '- **Change**: “Rename task 2 to Call mom”, “Make it due Monday at 2 PM”, “Tag task 3 with work”\n' +
      '- **Delete**: “Delete task 4”, “Delete everything except the report” (I always ask first)\n\n' +
      'English, اردو and Roman Urdu all work. For free conversation, set a real model when starting the server, ' +
      'for example `MODEL=openai/<model>` with `OPENAI_API_KEY`, or `MODEL=anthropic/<model>` with `ANTHROPIC_API_KEY`.',
    offTopic:
      'I can only help with your tasks, so that one is beyond me. I can add, list, complete, change and delete tasks: try “Add a task to buy groceries” or “What is pending?”.',
    noUndo:
      'There is nothing I can take back: a deleted task is gone for good, and nothing else was changed just now. Tell me what to change instead, for example “Rename task 2 to Call mom” or “Add buy milk”.',
    unknown:
      "I'm not sure what you mean. Could you rephrase it? For example: “Add a task to buy groceries”, “Show my tasks”, “Mark task 3 as done” or “Delete task 4”.",
    nothingPending: 'There is nothing waiting for your confirmation. What would you like to do?',
    kept: 'All right, nothing was deleted.',
    dropped: 'All right, I left everything as it is.',
    leftAlone: 'All right, I left everything as it is.',
    ownOnly: 'I can only see and change your own tasks, whoever asks and however. Nothing was changed.',
  },
}
