/**
 * How well words name a title. Both are reduced to stems ("buying groceries" = "Buy groceries"), small words are
 * left out, and a word may have a typing mistake or two.
 */
export type Likeness = 'exact' | 'same' | 'all' | 'fuzzy' | 'some' | 'none'

/** Scores keep their distance, so that one kind of likeness beats the next beyond the margin of references.ts. */
export const likenessScore: Record<Likeness, number> = {
  exact: 1,
  same: 0.9,
  all: 0.7,
  fuzzy: 0.5,
  some: 0.2,
  none: 0,
}

const small = new Set(
  (
    'a an the my our your his her its to for of with about on in at and or from by is was are be task tasks todo thing stuff job ' +
    'item items reminder one ones some any that this please ka ki ke ko wala wali mera meri mere kaam ' +
    'wale se mein me list fehrist کا کی کے کو والا والی والے میرا میری میرے کام سے میں فہرست لسٹ'
  ).split(' '),
)

const irregular: Record<string, string> = {
  ...{ bought: 'buy', paid: 'pay', sent: 'send', wrote: 'write', written: 'write', made: 'make', did: 'do' },
  ...{
    went: 'go',
    read: 'read',
    ran: 'run',
    took: 'take',
    taken: 'take',
    got: 'get',
    fed: 'feed',
    met: 'meet',
  },
  ...{ found: 'find', done: 'do', told: 'tell', gave: 'give', given: 'give', ate: 'eat', spoke: 'speak' },
  ...{ mum: 'mom', mommy: 'mom', mummy: 'mom', daddy: 'dad', appt: 'appointment', mtg: 'meeting' },
  ...{ left: 'leave', sold: 'sell', taught: 'teach', swept: 'sweep', brought: 'bring', built: 'build' },
  ...{
    saw: 'see',
    seen: 'see',
    wash: 'wash',
    cut: 'cut',
    put: 'put',
    drove: 'drive',
    hung: 'hang',
    rang: 'ring',
    dug: 'dig',
    threw: 'throw',
    lent: 'lend',
    swam: 'swim',
  },
}

/** A rough English stem: equal for the forms of one word, and that is all it is for. */
export function stem(word: string): string {
  const base = irregular[word] ?? word
  if (base.length <= 3) return base
  // Urdu's infinitive bends before a noun: دھونا, دھونے والا کام.
  if (/[\u0600-\u06FF](?:نا|نے|نی)$/.test(base)) return base.slice(0, -2)
  const singular = base.endsWith('ies')
    ? `${base.slice(0, -3)}y`
    : /(?:s|x|z|ch|sh)es$/.test(base)
      ? base.slice(0, -2)
      : base.replace(/([^su])s$/, '$1')
  const verb = singular.replace(/(?:ied)$/, 'y').replace(/(?<=[aeiouy].*)(?:ing|ed)$/, '')
  const undoubled = verb === singular ? verb : verb.replace(/([bdgmnprt])\1$/, '$1')
  return undoubled.length > 3 ? undoubled.replace(/e$/, '') : undoubled
}

const plainForm = (text: string) =>
  text
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[‘’`´]/g, "'")
    .replace(/'s?\b/g, '')
    .replace(/\s+/g, ' ')
    .trim()

export interface Words {
  plain: string
  stems: string[]
  /** As written, for typing mistakes that a stem would hide. */
  forms: string[]
}

// Titles recur within a turn many times; the words of a title never change.
const known = new Map<string, Words>()

export function wordsOf(text: string): Words {
  const kept = known.get(text)
  if (kept) return kept
  const plain = plainForm(text)
  const all = plain.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const telling = all.filter(word => !small.has(word))
  const forms = (telling.length > 0 ? telling : all).slice(0, 60)
  const words = { plain, stems: forms.map(stem), forms }
  if (known.size > 2000) known.clear()
  known.set(text, words)
  return words
}

/** Whether two words are at most `limit` insertions, deletions, replacements or swaps apart. */
export function isNear(a: string, b: string, limit: number): boolean {
  if (Math.abs(a.length - b.length) > limit) return false
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, index) => index)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return (last[b.length] ?? limit + 1) <= limit
}

const typosAllowed = (word: string) => (word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0)

const isTypoOf = (word: string, other: string) =>
  word.length <= 40 && typosAllowed(word) > 0 && isNear(word, other, typosAllowed(word))

/** Stems are rough: they make one word of "Mari" and "Marie", which are two. */
const isSame = (query: Words, at: number, title: Words) =>
  title.stems.some((stem, index) => {
    const [a = '', b = ''] = [query.forms[at], title.forms[index]]
    return stem === query.stems[at] && `${a}e` !== b && `${b}e` !== a
  })

export function likeness(query: Words, title: Words): Likeness {
  if (query.plain === title.plain) return 'exact'
  if (query.stems.length === 0) return 'none'
  const exact = query.stems.filter((_word, index) => isSame(query, index, title)).length
  if (exact === query.stems.length && query.stems.join(' ') === title.stems.join(' ')) return 'same'
  if (exact === query.stems.length) return 'all'
  const near = query.stems.filter(
    (word, index) =>
      title.stems.includes(word) ||
      title.stems.some(other => isTypoOf(word, other)) ||
      title.forms.some(other => isTypoOf(query.forms[index] ?? '', other)),
  ).length
  if (near === query.stems.length) return 'fuzzy'
  return near > 0 && near * 2 >= query.stems.length ? 'some' : 'none'
}
