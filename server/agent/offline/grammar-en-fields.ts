import { clear, onlyDated, reschedule, setField, update } from './change-goals.ts'
import { splitTags } from './details.ts'
import { type Rule, request, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English requests that clear a field, or add to one: tags, notes, due dates. */

const VALUE = '(?<value>.+?)'

export const clearingRules: Rule[] = [
  request(
    `(?:take|get|knock|pull|strip|lift|drop) (?:the |its )?(?:due date|due|deadline|date) (?:off|from|away from|out of) (?:of )?${TARGET}`,
    clear({ due_date: null }),
  ),
  request(
    `${TARGET} (?:(?:doesn't|don't|does not|do not|didn't) (?:really )?(?:need|have|want|require)|(?:shouldn't|should not) have|needs no|has no|should have no) (?:a |the |any )?(?:due date|deadline|date)(?: (?:any ?more|any longer|at all|after all))?`,
    clear({ due_date: null }),
  ),
  request(`no (?:more )?(?:due date|deadline) (?:for|on) ${TARGET}`, clear({ due_date: null })),
  request(
    `(?:remove|clear|delete|drop|unset|take off|scrap|bin|ditch|lose|cancel|get rid of) (?:the |its |that )?(?:due date|deadline|date)(?: (?:of|from|for|on) ${TARGET})?`,
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
  request(
    `(?:make|stop|don't let) ${TARGET} (?:not repeat|from repeating|repeating|repeat|non-?recurring|one-?off)(?: any ?more)?`,
    clear({ recurrence: null }),
  ),
  request(`(?:remove|delete|drop|take off) (?:the )?tags? ${VALUE} (?:from|off|of) ${TARGET}`, slot =>
    update(readTarget(slot('target')), { dropTags: splitTags(slot('value')) }),
  ),
  request(
    `(?:remove|delete|drop) (?:the )?(?<value>#[\\p{L}\\p{N}_-]{1,20}|"[^"]+")(?: tag)? from (?!(?:my|the|our) (?:to-?do |task |todo )?(?:list|tasks))${TARGET}`,
    slot =>
      /\D/.test(slot('value').norm.slice(1))
        ? update(readTarget(slot('target')), { dropTags: splitTags(slot('value')) })
        : undefined,
  ),
  request(
    `(?:remove|delete|drop|take|strip) (?:the |its )?${VALUE} (?:tags?|labels?) (?:from|off|of) (?:of )?${TARGET}`,
    slot => update(readTarget(slot('target')), { dropTags: splitTags(slot('value')) }),
  ),
  request(`untag ${TARGET}`, clear({ tags: [] })),
  request(
    `${TARGET} (?:should stop repeating|should not repeat|shouldn't repeat|should no longer repeat|doesn't repeat)(?: any ?more)?`,
    clear({ recurrence: null }),
  ),
]

const NOTE = '(?:the |its |a |an? extra )?(?<field>notes?|description|desc|details?)'

/** "put X in the notes of task 3", "add X to the dentist's description". */
const notingRules: Rule[] = [
  request(
    `(?:add|note)(?: a note)? (?:to|on|in) (?<target>(?:the |my |our |that )?(?!(?:to-?do |task )?list)[^,]+? (?:task|one|item)|it|that|task \\d+|#\\d+) that ${VALUE}`,
    (slot, clock) => setField(name => (name === 'field' ? { raw: 'note', norm: 'note' } : slot(name)), clock),
  ),
  request(
    `(?:put|write|add|include|jot(?: down)?|note(?: down)?|enter|stick|pop|save) ${VALUE} (?:in|into|to|under|as|on) ${NOTE}(?: section| field)? (?:of|for|on|to|in) ${TARGET}`,
    setField,
  ),
  request(
    `(?:put|write|add|include|enter|stick|pop|save) ${VALUE} (?:in|into|to|under|on) (?:the )?(?<target>.+?)(?:'s)? (?<field>notes|description|details)`,
    setField,
  ),
]

export const taggingRules: Rule[] = [
  ...notingRules,
  request(
    '(?:tag|label) (?<target>it|that|this|them|those|both|all of them|(?:task |#)\\d+) (?<value>(?!with\\b|as\\b|by\\b)#?[\\p{L}\\p{N}_-]{1,20})',
    slot => update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(
    `(?:give|assign) ${TARGET} (?:an? |the )(?:tag )?(?<value>"\uE000+"|#?[\\p{L}\\p{N}_-]{2,20})(?: tag| label)(?: to it)?`,
    slot => update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(
    '(?:put|file|group) (?<target>(?:the |my |our |it|that|this|task |#).*?) under (?:the )?(?<value>#?[\\p{L}\\p{N}_-]{2,20})(?: tag| label| category)?',
    slot => update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(`(?:tag|label) ${TARGET} (?:with|as|by) (?:the )?(?:tags? )?${VALUE}`, slot =>
    update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(`(?:add|put|attach|give) (?:the )?(?:(?:tags?|labels?) ${VALUE}) (?:to|on) ${TARGET}`, slot =>
    update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
  ),
  request(
    `(?:add|put|stick|pop|slap|give|attach|whack) (?:the |an? )(?<value>[#\\p{L}\\p{N}_-]{2,21}) (?:tag|label) (?:to|on|onto) ${TARGET}`,
    slot => update(readTarget(slot('target')), { addTags: splitTags(slot('value')) }),
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
