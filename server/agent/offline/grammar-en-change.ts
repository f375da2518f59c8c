import {
  askField,
  changeTo,
  datedAtEnd,
  newTitle,
  onlyDated,
  prioritise,
  reschedule,
  setField,
  shifted,
  update,
} from './change-goals.ts'
import { actRules, markingRules, reopenRules } from './grammar-en-act.ts'
import { clearingRules, taggingRules } from './grammar-en-fields.ts'
import { recurrenceOf } from './repetition.ts'
import { type Rule, request, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English requests that change the fields of existing tasks. */

const FIELD =
  '(?<field>title|name|description|desc|notes?|details?|priority|due date|due|deadline|date|tags?|labels?)'

const LEVEL = '(?<level>high|medium|low|normal|urgent|top|important|highest|lowest)'
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
  request(`i(?:'ll| will) (?:do |go to |handle |finish )?(?<all>.+) instead`, datedAtEnd),
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
  request(`(?:increase|raise|bump|bump up|up) (?:the )?priority (?:of|for|on) ${TARGET}`, prioritise),
  request(`(?:lower|reduce|decrease|drop) (?:the )?priority (?:of|for|on) ${TARGET}`, slot =>
    update(readTarget(slot('target')), { priority: 'low' }),
  ),
  request(`(?:de-?prioriti[sz]e) ${TARGET}`, slot => update(readTarget(slot('target')), { priority: 'low' })),
  request(`prioriti[sz]e ${TARGET}`, prioritise),
  request(
    `(?:make|set|mark|change|give|put|flag|update|turn|bump|raise|move|lower|drop|get|treat) ${TARGET} (?:up |down |to |as |a |at |with |into |is |be |the )*${LEVEL}(?:[ -]priority)?`,
    prioritise,
  ),
  request(
    `${TARGET}(?:'s| should be| is| has| (?:can|could|should|must|may) (?:be|drop to|go to|become|get|have|move to)| needs to be| gets| are) (?:now |really |very |a |the |of )*${LEVEL}[ -]priority`,
    prioritise,
  ),
  request(
    `(?<target>it|that|this|that one|(?:task |#)\\d+|(?:the |my |our |[a-z]+ing ).+|.+ task)(?:'s| is| are) (?:now |actually |really |very |pretty |quite |super |so |extremely |rather |kinda |a )*(?<level>urgent|important|critical|crucial|top priority)`,
    prioritise,
  ),
  request(
    `(?<target>it|that|this|that one|(?:task |#)\\d+|(?:the |my |our ).+|.+ task)(?:'s not| is not| are not| isn't| aren't) (?:actually |really |very |that |so |all that |at all )*(?:urgent|important|critical)(?: at all| any ?more| after all)*`,
    slot => update(readTarget(slot('target')), { priority: 'low' }),
  ),
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
    `(?:make|set|have|let|turn) ${TARGET} (?:repeat |recur |recurring |to repeat |into |as |an? )*(?<how>daily|weekly|monthly|every (?:day|week|month))(?: (?:task|one|thing))?`,
    slot => update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) }),
  ),
  request(
    `${TARGET} (?:(?:should|must|needs? to|has to|have to|ought to|is supposed to|will|is meant to|can) (?:repeat|recur|happen|be|come round)|repeats|recurs|happens|comes round|is|are) (?:repeated |repeating |recurring |on )*(?:an? )?(?<how>daily|weekly|monthly|(?:every|each) (?:single )?(?:day|week|month))(?: (?:task|one|thing|basis|job))?`,
    slot => update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) }),
  ),
  request(`repeat ${TARGET} (?<how>daily|weekly|monthly|every (?:day|week|month))`, slot =>
    update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) }),
  ),
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
      /^(?:an?|another|new|no|nope|actually|wait|oops|sorry|hey|hi|please|ok|okay|well|and|but|so|i think|because|what|who|where|when|why|how|which|if|or|not|ah|aha|phew|ugh|finally|apparently|turns out|honestly|omg|lol|anyway|yay|hopefully|maybe|perhaps|once|until)[ ,]/.test(
        slot('target').norm,
      )
        ? undefined
        : one.read(slot, clock),
  }))

/** Reopening before completing ("not done"), single fields before whole tasks ("remove the tag"). */
const all = existing([...reopenRules, ...markingRules, ...editing, ...actRules])
const beginsWithTask = ({ pattern }: Rule) => pattern.source.startsWith('^(?:(?:(?<target>.+?)')

export const fieldRules = existing([...clearingRules, ...taggingRules])

/** Requests that begin with their verb, and sentences that begin with the task ("the report is done"). */
export const changeRules = all.filter(one => !beginsWithTask(one))
export const stateRules = all.filter(beginsWithTask)
