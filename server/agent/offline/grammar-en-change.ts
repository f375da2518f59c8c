import {
  askField,
  changeTo,
  datedAtEnd,
  newTitle,
  onlyDated,
  reschedule,
  setField,
  shifted,
  update,
} from './change-goals.ts'
import { actRules, markingRules, reopenRules } from './grammar-en-act.ts'
import { movingRules } from './grammar-en-dates.ts'
import { clearingRules, taggingRules } from './grammar-en-fields.ts'
import { priorityRules } from './grammar-en-priority.ts'
import { renamingRules, titlingRules } from './grammar-en-title.ts'
import { recurrenceOf } from './repetition.ts'
import { type Rule, request, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English requests that change the fields of existing tasks. */

const FIELD =
  '(?<field>title|name|description|desc|notes?|details?|priority|due date|due|deadline|date|tags?|labels?)'

const EDIT = '(?:change|update|edit|set|modify|make|alter|adjust|replace|correct|fix)'
const VALUE = '(?<value>.+?)'
/** What stands before a value; the words need a space after them: "due tomorrow" is not "due to morrow". */
const TO = '(?:(?:to|as|into|with|to be|to say|from .+? to) +|(?:to|as)?: *|= *)'

const SPAN =
  '(?<span>(?:an?|another|one|two|three|four|five|six|seven|ten|\\d{1,3}|half an|a couple of|a few) (?:more )?(?:minute|min|hour|hr|day|week|month)s?)'

/** "push it back a day", "bring it forward by an hour". */
const shifting: Rule[] = [
  request(
    `(?<how>re-?schedule|postpone|push back|push|delay|defer|move up|move|shift|bump|extend|bring|advance|put off|snooze) (?:back )?${TARGET} (?<way>back |forward |forwards |up |earlier |ahead |out |off )?(?:by |for )?${SPAN}(?<after> later| earlier| back| forward)?`,
    shifted,
  ),
  request(
    `(?:i|we)(?:'ll| will|'d rather|'d prefer to| can) (?:do |go to |handle |finish )?(?<all>.+) instead`,
    datedAtEnd,
  ),
  request('(?:do|handle|finish|tackle) (?<all>.+) instead', datedAtEnd),
  request(
    `(?:give|set|put|add) ${TARGET} (?:with )?(?:a |an |the )?(?:due date|deadline)(?: of| on| for|:)? ${VALUE}`,
    onlyDated,
  ),
  request(
    `(?:can|could|may|might) ${TARGET} (?:be|get|become) (?:due |moved to |pushed to |on |at |by |set to )+${VALUE}`,
    onlyDated,
  ),
  request(`snooze ${TARGET}`, slot =>
    update(readTarget(slot('target')), { shift: { amount: 1, unit: 'day' } }),
  ),
]

const editing: Rule[] = [
  request(`${EDIT} (?:the )?${FIELD} (?:of|for|on|in) ${TARGET} ?${TO}${VALUE}`, setField),
  request(`${EDIT} (?:its|the) ${FIELD} ?${TO}${VALUE}`, setField),
  request(`its ${FIELD} (?:to|as) ${VALUE}`, setField),
  request(`${EDIT} ${TARGET}(?:'s)? ${FIELD} ?${TO}${VALUE}`, setField),
  request(`(?<target>(?:task |#)\\d+)(?:'s)? ${FIELD} ?(?:(?:is|should be|=|:|to) ?)+${VALUE}`, setField),
  request(`(?<field>note|notes|description) (?:on|for|of|to) ${TARGET}: ?${VALUE}`, setField),
  request(`${EDIT} (?:the )?${FIELD} (?:of|for|on|in) ${TARGET}`, askField),
  request(`${EDIT} (?:its|the) (?<field>title|name|description|priority|due date|deadline)`, askField),
  ...priorityRules,
  request(
    `${TARGET}(?:'s| is| are| was| were| has| have| got| gets)?(?: been| now| being)? (?:moved|pushed|brought|put|shifted|rescheduled|postponed|changed|bumped|delayed)(?: back| forwards?| up| out| off)? (?:to|until|till|for) (?:be )?${VALUE}`,
    onlyDated,
  ),
  request(`${TARGET} can wait (?:until|till|til|for) ${VALUE}`, onlyDated),
  request(`${TARGET} (?:is|are) (?:due|for|set for|scheduled for|happening)(?: on| by)? ${VALUE}`, onlyDated),
  request(`(?:make|set|change|mark|update) ${TARGET} (?:to be |as |is )?(?<value>due .+?)`, reschedule),
  request(
    `(?<target>it|that|this|task \\d+|#\\d+|.+ (?:task|one)|they)(?:'s| is| should be| are) (?<value>due .+?)`,
    reschedule,
  ),
  request('(?<value>due .+)', onlyDated),
  request(
    `(?:re-?schedule|postpone|push back|push|delay|defer|move up|move|shift|bump|put off|extend|bring|advance|set|change|switch) (?:back )?${TARGET} (?:back |forward |up |over |out |from .+? )?(?:to|until|till|for|on|at) (?:be )?${VALUE}`,
    onlyDated,
  ),
  ...shifting,
  request(
    `(?:re-?schedule|put|make|set) (?<target>it|that|this|(?:task |#)\\d+|.+ (?:task|appointment|one)) (?:for |at |on |by |due )*${VALUE}`,
    onlyDated,
  ),
  request(`(?<target>(?:task |#)\\d+|it|that)(?: is|'s)? (?:due |by |on |at |for )+${VALUE}`, onlyDated),
  request(
    `(?<target>(?:the|my|our|task|it|that|this) .+?|it|that|this) (?:is|are|has been moved to|was moved to|got moved to|moved to) (?:now |actually )*(?<value>(?:due |by |on |at )*.+?)(?: now)?`,
    onlyDated,
  ),
  request(`(?:re-?schedule|postpone|delay|defer) ${TARGET} (?:to|until|till|for) ${VALUE}`, reschedule),
  request(`(?:re-?schedule|postpone|delay|defer) ${TARGET}`, slot => ({
    do: 'update',
    target: readTarget(slot('target')),
    change: {},
    field: 'due_date',
  })),
  request(`(?:schedule|plan) (?<target>(?:task |#)\\d+|it|that) (?:for|on|at) ${VALUE}`, reschedule),
  request(
    `${TARGET} (?:(?:should|must|needs? to|has to|have to|ought to|is supposed to|will|is meant to|can) (?:repeat|recur|happen|be|come round)|repeats|recurs|happens|comes round|is|are) (?:repeated |repeating |recurring |on )*(?:an? )?(?<how>daily|weekly|monthly|(?:every|each) (?:single )?(?:day|week|month))(?: (?:task|one|thing|basis|job))?`,
    slot => update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) }),
  ),
  request(`repeat ${TARGET} (?<how>daily|weekly|monthly|every (?:day|week|month))`, slot =>
    update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) }),
  ),
  ...renamingRules,
  request(
    `(?:change|update|edit|modify|replace|turn|correct|set) ${TARGET} (?:to|into|with|by|->) ?(?:say |be |read )?${VALUE}`,
    changeTo,
  ),
  request(
    `make (?<target>it|that|this|that one|this one|(?:task |#)\\d+) (?:say |be |read |to |for |at |on )?${VALUE}`,
    changeTo,
  ),
  request(
    `${TARGET} (?:should (?:really |actually |rather |instead )?(?:be (?:called|named|titled)|say|read)|is (?:now |to be )(?:called|named|titled)) ${VALUE}`,
    slot => update(readTarget(slot('target')), { title: newTitle(slot('value')) }),
  ),
  request('(?:it|that) should (?:be|say|read|have been)(?: called)? (?<value>.+?)', (slot, clock) =>
    changeTo(name => (name === 'target' ? { raw: 'it', norm: 'it' } : slot(name)), clock),
  ),
  request(`(?:change|update|edit|modify|alter) ${TARGET}`, slot => ({
    do: 'update',
    target: readTarget(slot('target')),
    change: {},
  })),
  request('(?:change|update|edit|modify|rename)', slot => ({
    do: 'update',
    target: readTarget(slot('target')),
    change: {},
  })),
]

/** "make a task urgent" is about a new task, whatever the verb. */
const existing = (rules: Rule[]): Rule[] =>
  rules.map(one => ({
    ...one,
    read: (slot, clock) =>
      /^(?:an?|another|i|i'm|i've|we|you|he|she|they|nothing|nobody|none|new|no|nope|actually|wait|oops|sorry|hey|hi|please|yeah|yep|yup|yes|hiya|right|alright|great|ok|okay|well|and|but|so|i think|because|what|who|where|when|why|how|which|if|or|not|ah|aha|phew|ugh|finally|apparently|turns out|honestly|omg|lol|anyway|yay|hopefully|maybe|perhaps|once|until)[ ,]/.test(
        slot('target').norm,
      )
        ? undefined
        : one.read(slot, clock),
  }))

/** Reopening before completing ("not done"), single fields before whole tasks ("remove the tag"). */
const all = existing([...reopenRules, ...markingRules, ...editing, ...actRules])
const beginsWithTask = ({ pattern }: Rule) => pattern.source.startsWith('^(?:(?:(?<target>.+?)')

export const fieldRules = existing([...clearingRules, ...taggingRules, ...movingRules, ...titlingRules])

/** Requests that begin with their verb, and sentences that begin with the task ("the report is done"). */
export const changeRules = all.filter(one => !beginsWithTask(one))
export const stateRules = all.filter(beginsWithTask)
