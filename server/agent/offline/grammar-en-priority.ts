import { prioritise, update } from './change-goals.ts'
import { type Rule, request, TARGET } from './rule.ts'
import { readTarget } from './target.ts'

/** English ways to say how much a task matters. */

const LEVEL = '(?<level>high|medium|low|normal|urgent|top|important|highest|lowest)'

export const priorityRules: Rule[] = [
  request(
    `(?<target>it|that|this|(?:task |#|number )\\d+|(?:the |my |our ).+?)(?:'s| is| are) (?:much |way |a lot |a bit |even )?more (?:urgent|important|pressing)(?: than .+)?`,
    prioritise,
  ),
  request(
    `(?:bump|push) (?<target>it|that|this|(?:task |#|number )\\d+|(?:the |my ).+?) up(?: (?:the|my) list| a notch)?`,
    prioritise,
  ),
  request(`(?:increase|raise|bump|bump up|up) (?:the )?priority (?:of|for|on) ${TARGET}`, prioritise),
  request(
    `(?:lower|reduce|decrease|drop|raise|increase|bump|bring|set|change|put)(?: up| down)? (?:the )?priority (?:of|for|on) ${TARGET} (?:up |down )?(?:to|at|as) ${LEVEL}(?: priority)?`,
    prioritise,
  ),
  request(
    `(?:lower|reduce|decrease|drop|raise|increase|bump|bring|set|change|put)(?: up| down)? ${TARGET}(?:'s)? priority (?:up |down )?(?:to|at|as) ${LEVEL}`,
    prioritise,
  ),
  request(
    `(?:the )?priority (?:of|for|on) ${TARGET} (?:is|should be|needs to be|must be) (?:now )?${LEVEL}`,
    prioritise,
  ),
  request(`(?<target>(?:task |#)\\d+)(?:,|:| is| to| as) ${LEVEL} priority`, prioritise),
  request(`(?:lower|reduce|decrease|drop) (?:the )?priority (?:of|for|on) ${TARGET}`, slot =>
    update(readTarget(slot('target')), { priority: 'low' }),
  ),
  request(`(?:lower|reduce|decrease|drop) ${TARGET}'s? priority`, slot =>
    update(readTarget(slot('target')), { priority: 'low' }),
  ),
  request(`(?:raise|increase|bump up|bump) ${TARGET}'s? priority`, prioritise),
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
]
