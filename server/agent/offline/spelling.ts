import { actionVerbs, commandVerbs, misspelt, plainWords } from './lexicon-en.ts'
import { isNear } from './matching.ts'
import { slice, type Text } from './text.ts'

/**
 * Typing mistakes in the words a request is made of. Only its first word is corrected by likeness, and only to a
 * command; titles are never touched. A gerund counts as its verb: "would you mind adding …".
 */
const firstWord = /^[a-z]+(?=[\s:,]|$)/
const taskWord =
  /\b(?:taks|tsak|tassk|taask|taskk|tasl)(?<plural>s?)(?![\p{L}\p{N}])|\b(?:tas|tak|tast|talk|tsk)(?= #?\d)|\b(?:taskss|tsaks|taskes)(?<many>)(?![\p{L}])/u

const known = new Map<string, string | undefined>()

/** The command a mistyped word stands for: one mistake, or two in a long word, and no other command as near. */
function commandOf(word: string): string | undefined {
  if (word in misspelt) return misspelt[word]
  if (word.length < 4 || commandVerbs.has(word) || actionVerbs.has(word) || plainWords.has(word))
    return undefined
  const limit = word.length >= 8 ? 2 : 1
  const near = [...commandVerbs].filter(verb => verb.length >= 4 && isNear(word, verb, limit))
  return near.length === 1 ? near[0] : undefined
}

function corrected(word: string): string | undefined {
  if (!known.has(word)) {
    if (known.size > 5000) known.clear()
    known.set(word, commandOf(word))
  }
  return known.get(word)
}

const replaced = (text: Text, { from, to, by }: { from: number; to: number; by: string }): Text => ({
  raw: text.raw.slice(0, from) + by + text.raw.slice(to),
  norm: text.norm.slice(0, from) + by + text.norm.slice(to),
})

const listWord = /(?<=\b(?:my|the|task|to-?do) )(?:lsit|lits|lst|lisst|liist|lista)(?![\p{L}])/u

export function spelled(given: Text): Text {
  const list = listWord.exec(given.norm)
  const text = list
    ? replaced(given, { from: list.index, to: list.index + list[0].length, by: 'list' })
    : given
  const noun = taskWord.exec(text.norm)
  const named = noun
    ? replaced(text, {
        from: noun.index,
        to: noun.index + noun[0].length,
        by: noun.groups?.many === '' ? 'tasks' : `task${noun.groups?.plural ?? ''}`,
      })
    : text
  const word = firstWord.exec(named.norm)?.[0] ?? ''
  const right = word === '' ? undefined : corrected(word)
  return right === undefined ? named : slice(replaced(named, { from: 0, to: word.length, by: right }), 0)
}

const gerund = /^(?<stem>[a-z]{2,})ing(?= )/

/** "adding a task" after "would you mind": "add a task". */
export function withoutGerund(text: Text): Text {
  const stem = gerund.exec(text.norm)?.groups?.stem
  if (!stem) return text
  const forms = [stem, `${stem}e`, stem.replace(/(.)\1$/, '$1')]
  const verb = forms.find(form => commandVerbs.has(form))
  return verb ? replaced(text, { from: 0, to: stem.length + 3, by: verb }) : text
}
