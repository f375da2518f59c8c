import {
  askField,
  changeTo,
  clear,
  newTitle,
  onlyDated,
  prioritise,
  reschedule,
  setField,
  update,
} from './change-goals.ts'
import { recurrenceOf, splitTags } from './details.ts'
import { actRules, reopenRules } from './grammar-en-act.ts'
import { type Rule, request, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English requests that change the fields of existing tasks. */

const FIELD =
  '(?<field>title|name|description|desc|notes?|details?|priority|due date|due|deadline|date|tags?|labels?)'

const LEVEL = '(?<level>high|medium|low|normal|urgent|top|important|highest|lowest)'
const EDIT = '(?:change|update|edit|set|modify|make|alter|adjust|replace|correct|fix)'
const VALUE = '(?<value>.+?)'

const clearing: Rule[] = [
  request(
    `(?:remove|clear|delete|drop|unset|take off) (?:the |its )?(?:due date|deadline|date)(?: (?:of|from|for|on) ${TARGET})?`,
    clear({ due_date: null }),
  ),
  request(
    `(?:remove|clear|delete|drop|erase) (?:the |its )?(?:description|notes?|details)(?: (?:of|from|for|on) ${TARGET})?`,
    clear({ description: null }),
  ),
  request(
    `(?:remove|clear|delete|drop) (?:all )?(?:the |its )?tags(?: (?:of|from|for|on) ${TARGET})?`,
    clear({ tags: [] }),
  ),
  request(
    `(?:remove|clear|delete|drop|stop) (?:the |its )?(?:recurrence|repetition|repeat|repeating)(?: (?:of|from|for|on)? ?${TARGET})?`,
    clear({ recurrence: null }),
  ),
  request(`(?:remove|delete|drop|take off) (?:the )?tags? ${VALUE} (?:from|off|of) ${TARGET}`, slot =>
    update(readTarget(slot('target')), { dropTags: splitTags(slot('value')) }),
  ),
  request(
    `(?:remove|delete|drop) (?:the )?(?<value>#[\\p{L}\\p{N}_-]{1,20}|"[^"]+")(?: tag)? from ${TARGET}`,
    slot =>
      /\D/.test(slot('value').norm.slice(1))
        ? update(readTarget(slot('target')), { dropTags: splitTags(slot('value')) })
        : undefined,
  ),
  request(`untag ${TARGET}`, clear({ tags: [] })),
]

const tagging: Rule[] = [
  request(`(?:tag|label) ${TARGET} (?:with|as|by) (?:the )?(?:tags? )?${VALUE}`, slot =>
    update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(`(?:add|put|attach|give) (?:the )?(?:(?:tags?|labels?) ${VALUE}) (?:to|on) ${TARGET}`, slot =>
    update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(`(?:add|put|attach) (?:the |a )?(?:tags?|labels?) (?:called )?${VALUE}`, slot =>
    update({ by: 'pronoun', many: false }, { addTags: splitTags(slot('value')) }),
  ),
  request(`(?:add|attach) (?:a |the )?(?<field>note|description): ${VALUE}`, setField),
  request(
    '(?:add|put|attach) (?<value>#[\\p{L}_-][\\p{L}\\p{N}_-]{0,19}(?:(?:,| and|, and)? #[\\p{L}_-][\\p{L}\\p{N}_-]{0,19})*) (?:tags? )?(?:to|on) (?<target>.+?)',
    slot => update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(
    `(?:add|attach|put) (?:a |the )?(?<field>description|note|notes) ${VALUE} (?:to|on) (?<target>(?:task |#|it|that|the )[^:]*)`,
    setField,
  ),
  request(
    `(?:add|attach|put) (?:a |the )?(?<field>description|note|notes) (?:to|on|for) ${TARGET}(?::| saying| that says| -) ${VALUE}`,
    setField,
  ),
  request(
    `(?:add|set|give) (?:a |the )?(?:due date|deadline)(?: of)? ${VALUE} (?:to|for|on) ${TARGET}`,
    onlyDated,
  ),
  request(
    `(?:add|set) (?:a |the )?(?:due date|deadline) (?:to|for|on|of) ${TARGET},? (?:to|of|:|as|on|-) ?${VALUE}`,
    reschedule,
  ),
]

const editing: Rule[] = [
  request(`${EDIT} (?:the )?${FIELD} (?:of|for|on|in) ${TARGET} (?:to|as|into|:|=|with) ?${VALUE}`, setField),
  request(`${EDIT} (?:its|the) ${FIELD} (?:to|as|into|:) ?${VALUE}`, setField),
  request(`its ${FIELD} (?:to|as) ${VALUE}`, setField),
  request(`${EDIT} ${TARGET}(?:'s)? ${FIELD} (?:to|as|into|:|=|with|from .+? to) ?${VALUE}`, setField),
  request(`${EDIT} (?:the )?${FIELD} (?:of|for|on|in) ${TARGET}`, askField),
  request(`${EDIT} (?:its|the) (?<field>title|name|description|priority|due date|deadline)`, askField),
  request(`(?:increase|raise|bump|bump up|up) (?:the )?priority (?:of|for|on) ${TARGET}`, prioritise),
  request(`(?:lower|reduce|decrease|drop) (?:the )?priority (?:of|for|on) ${TARGET}`, slot =>
    update(readTarget(slot('target')), { priority: 'low' }),
  ),
  request(`(?:de-?prioriti[sz]e) ${TARGET}`, slot => update(readTarget(slot('target')), { priority: 'low' })),
  request(`prioriti[sz]e ${TARGET}`, prioritise),
  request(
    `(?:make|set|mark|change|give|put|flag|update|turn) ${TARGET} (?:to |as |a |at |with |into |is )*${LEVEL}(?:[ -]priority)?`,
    prioritise,
  ),
  request(`${TARGET} (?:should be|is|has|needs to be|gets) (?:a )?${LEVEL}[ -]priority`, prioritise),
  request(`(?:make|set|change|mark|update) ${TARGET} (?:to be |as |is )?(?<value>due .+?)`, reschedule),
  request(
    `(?<target>it|that|this|task \\d+|#\\d+|.+ (?:task|one)|they)(?:'s| is| should be| are) (?<value>due .+?)`,
    reschedule,
  ),
  request('(?<value>due .+)', onlyDated),
  request(
    `(?:re-?schedule|postpone|push|push back|delay|defer|move|shift|bump|put off|extend) ${TARGET} (?:to|until|till|for|by|on) ${VALUE}`,
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
    `(?:make|set) ${TARGET} (?:repeat |recur |recurring |to repeat )?(?<how>daily|weekly|monthly|every (?:day|week|month))`,
    slot => update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) }),
  ),
  request(`repeat ${TARGET} (?<how>daily|weekly|monthly|every (?:day|week|month))`, slot =>
    update(readTarget(slot('target')), { recurrence: recurrenceOf(slot('how').norm) }),
  ),
  request(`(?:rename|retitle|re-name) ${TARGET} (?:to|as|into|=|->) ?${VALUE}`, slot =>
    update(readTarget(slot('target')), { title: newTitle(slot('value')) }),
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
    `make (?<target>it|that|this|that one|this one|(?:task |#)\\d+) (?:say |be |read |to )?${VALUE}`,
    changeTo,
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
      /^(?:an?|another|new) /.test(slot('target').norm) ? undefined : one.read(slot, clock),
  }))

/** Reopening before completing ("not done"), single fields before whole tasks ("remove the tag"). */
const all = existing([...reopenRules, ...editing, ...actRules])
const beginsWithTask = ({ pattern }: Rule) => pattern.source.startsWith('^(?:(?:(?<target>.+?)')

export const fieldRules = existing([...clearing, ...tagging])

/** Requests that begin with their verb, and sentences that begin with the task ("the report is done"). */
export const changeRules = all.filter(one => !beginsWithTask(one))
export const stateRules = all.filter(beginsWithTask)
