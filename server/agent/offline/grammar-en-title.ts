import { newTitle, update } from './change-goals.ts'
import { type Rule, request, type Slots, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English ways to give a task another title. */

const VALUE = '(?<value>.+?)'

const retitle = (slot: Slots) => update(readTarget(slot('target')), { title: newTitle(slot('value')) })

/** What a task should be called, said of the task. */
export const titlingRules: Rule[] = [
  request(
    `(?:change|edit|update|fix|reword) ${TARGET} so (?:that )?it (?:says|reads|is|is called) ${VALUE}`,
    retitle,
  ),
  // What is left of the title is for its owner to say.
  request(
    `(?:replace|swap|change) .+ (?:with|by|to|for) .+ in (?<target>(?:task |#)\\d+|it|(?:the )?title of .+?)`,
    slot => ({
      do: 'update',
      target: readTarget(slot('target')),
      change: {},
      field: 'title',
    }),
  ),
  request(
    `${TARGET} should (?:really |actually |rather |instead )*(?:say|read|be (?:called|named))(?: instead)?: ?${VALUE}`,
    retitle,
  ),
  request(
    `(?<target>(?!it\\b|that\\b).+?) should (?:really |actually |rather )*(?:be|say|read) (?<value>"\uE000+")(?: instead)?`,
    retitle,
  ),
  request(
    `(?:fix|correct) (?:the |a |my )?(?:typo|spelling|mistake|title|name|wording) (?:in|of|on|for) ${TARGET}(?:,|:| -) ?(?:it's |it is |it should (?:be|say|read) |should (?:be|say|read) )?${VALUE}`,
    retitle,
  ),
  request(
    `(?:rename|retitle|re-name) ${TARGET}, (?:it should (?:be|say|read)|it's|make it|call it|to|as) ${VALUE}`,
    retitle,
  ),
]

export const renamingRules: Rule[] = [
  request(`(?:rename|retitle|re-name) ${TARGET} (?:to|as|into|=|->) ?${VALUE}`, slot =>
    update(readTarget(slot('target')), { title: newTitle(slot('value')) }),
  ),
  request(
    `(?:call|name|title) (?<target>it|that|this|that one|(?:task |#)\\d+) (?:as )?(?!back\\b|a day\\b|off\\b)${VALUE}`,
    slot => update(readTarget(slot('target')), { title: newTitle(slot('value')) }),
  ),
  request(`(?:rename|retitle|re-name) ${TARGET}: ${VALUE}`, slot =>
    update(readTarget(slot('target')), { title: newTitle(slot('value')) }),
  ),
  request(`(?:rename|retitle|re-name) ${TARGET}`, slot => ({
    do: 'update',
    target: readTarget(slot('target')),
    change: {},
    field: 'title',
  })),
]
