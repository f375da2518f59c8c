import { randomUUID } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, clientOf, startServer, type TestServer } from './support/server.ts'
import { countRows, rowsOf } from './support/stored-rows.ts'

interface Sending {
  body?: unknown
  /** Instead of `body`, as it is. */
  raw?: string | Buffer
  /** Instead of both: in pieces, without saying how many will come. */
  chunks?: Iterable<string>
  headers?: Record<string, string | undefined>
}

type Bad = [name: string, request: `${string} /${string}`, sending: Sending, status: number, code: string]

const absent = randomUUID()
const emoji = '😀'
const zeroWidth = '\u200b\u200c\u200d\u2060\ufeff\u00ad'
const json = { 'content-type': 'application/json' }
const megabyte = 'x'.repeat(1_048_576)
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** `:conversation`, `:turn`, `:call` and `:task` stand for what the sender has; bodies of text say them too. */
const chat: Bad[] = [
  ['no body', 'POST /chat', { headers: json }, 400, 'invalid'],
  ['nothing in the body', 'POST /chat', { raw: '', headers: json }, 400, 'invalid'],
  ['white space for a body', 'POST /chat', { raw: ' \n ' }, 400, 'invalid'],
  ['no message', 'POST /chat', { body: {} }, 400, 'invalid'],
  ['a null message', 'POST /chat', { body: { message: null } }, 400, 'invalid'],
  ['a number for a message', 'POST /chat', { body: { message: 7 } }, 400, 'invalid'],
  ['a list for a message', 'POST /chat', { body: { message: ['Hi'] } }, 400, 'invalid'],
  ['an object for a message', 'POST /chat', { body: { message: { text: 'Hi' } } }, 400, 'invalid'],
  ['an empty message', 'POST /chat', { body: { message: '' } }, 400, 'invalid'],
  ['a blank message', 'POST /chat', { body: { message: ' \t\r\n\u00a0\u3000' } }, 400, 'invalid'],
  ['a zero-width message', 'POST /chat', { body: { message: zeroWidth } }, 400, 'invalid'],
  [
    'a message that shows nothing',
    'POST /chat',
    { body: { message: '\u2800\u3164\u{e0001}' } },
    400,
    'invalid',
  ],
  ['5,001 characters', 'POST /chat', { body: { message: 'x'.repeat(5001) } }, 400, 'message_too_long'],
  ['5,001 code points', 'POST /chat', { body: { message: emoji.repeat(5001) } }, 400, 'message_too_long'],
  ['NUL in the message', 'POST /chat', { body: { message: 'a\0b' } }, 400, 'invalid'],
  ['NUL as it is in the body', 'POST /chat', { raw: '{"message":"a\0b"}' }, 400, 'invalid'],
  ['half a character', 'POST /chat', { raw: '{"message":"Hi \\ud83d"}' }, 400, 'invalid'],
  ['the other half', 'POST /chat', { raw: '{"message":"\\ude00 Hi"}' }, 400, 'invalid'],
  ['halves the wrong way round', 'POST /chat', { raw: '{"message":"\\ude00\\ud83d"}' }, 400, 'invalid'],
  ['JSON that ends early', 'POST /chat', { raw: '{"message": "Hi' }, 400, 'invalid'],
  ['JSON with a comma too many', 'POST /chat', { raw: '{"message": "Hi",}' }, 400, 'invalid'],
  ['no JSON at all', 'POST /chat', { raw: 'message=Hi', headers: json }, 400, 'invalid'],
  ['bytes that are no UTF-8', 'POST /chat', { raw: Buffer.from([0xff, 0xfe, 0x00, 0x7b]) }, 400, 'invalid'],
  ['a body of UTF-16', 'POST /chat', { raw: Buffer.from('{"message":"Hi"}', 'utf16le') }, 400, 'invalid'],
  ['a list for a body', 'POST /chat', { body: [{ message: 'Hi' }] }, 400, 'invalid'],
  ['a text for a body', 'POST /chat', { body: 'Hi' }, 400, 'invalid'],
  ['null for a body', 'POST /chat', { raw: 'null' }, 400, 'invalid'],
  ['a number for a body', 'POST /chat', { raw: '1e400' }, 400, 'invalid'],
  ['a list in a list, 100,000 times', 'POST /chat', { raw: nested(100_000) }, 400, 'invalid'],
  ['the same for a message', 'POST /chat', { raw: `{"message":${nested(100_000)}}` }, 400, 'invalid'],
  ['another prototype', 'POST /chat', { raw: '{"__proto__":{"message":"Hi"}}' }, 400, 'invalid'],
  [
    'a conversation that is no UUID',
    'POST /chat',
    { body: { message: 'Hi', conversation_id: '1' } },
    400,
    'invalid',
  ],
  ['an empty conversation', 'POST /chat', { body: { message: 'Hi', conversation_id: '' } }, 400, 'invalid'],
  ['a number for one', 'POST /chat', { body: { message: 'Hi', conversation_id: 42 } }, 400, 'invalid'],
  ['a list of one', 'POST /chat', { body: { message: 'Hi', conversation_id: [absent] } }, 400, 'invalid'],
  [
    'a UUID in braces',
    'POST /chat',
    { body: { message: 'Hi', conversation_id: `{${absent}}` } },
    400,
    'invalid',
  ],
  [
    'SQL behind a UUID',
    'POST /chat',
    { body: { message: 'Hi', conversation_id: `${absent}' or 1=1 --` } },
    400,
    'invalid',
  ],
  [
    'no such conversation',
    'POST /chat',
    { body: { message: 'Hi', conversation_id: absent } },
    404,
    'conversation_not_found',
  ],
  ['another way to be busy', 'POST /chat', { body: { message: 'Hi', if_busy: 'queue' } }, 400, 'invalid'],
  ['null for it', 'POST /chat', { body: { message: 'Hi', if_busy: null } }, 400, 'invalid'],
  [
    'no content type',
    'POST /chat',
    { raw: '{"message":"Hi"}', headers: { 'content-type': undefined } },
    415,
    'unsupported_media_type',
  ],
  [
    'plain text',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
  ],
  [
    'a form',
    'POST /chat',
    { raw: 'message=Hi', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'unsupported_media_type',
  ],
  [
    'another charset',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'content-type': 'application/json; charset=utf-16' } },
    415,
    'unsupported_media_type',
  ],
  [
    'almost JSON for a type',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'content-type': 'application/jsonp' } },
    415,
    'unsupported_media_type',
  ],
  ['two megabytes', 'POST /chat', { body: { message: megabyte.repeat(2) } }, 413, 'body_too_large'],
  [
    'two megabytes in pieces',
    'POST /chat',
    { chunks: ['{"message":"', megabyte, megabyte, '"}'] },
    413,
    'body_too_large',
  ],
  [
    'an empty idempotency key',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'idempotency-key': '' } },
    400,
    'invalid',
  ],
  [
    'one with a space',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'idempotency-key': 'a b' } },
    400,
    'invalid',
  ],
  [
    'one beyond ASCII',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'idempotency-key': 'clé' } },
    400,
    'invalid',
  ],
  [
    'one too long',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'idempotency-key': 'k'.repeat(256) } },
    400,
    'invalid',
  ],
  [
    'a zone of nowhere',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'x-time-zone': 'Mars/Olympus' } },
    400,
    'invalid',
  ],
  [
    'an empty zone',
    'POST /chat',
    { body: { message: 'Hi' }, headers: { 'x-time-zone': '' } },
    400,
    'invalid',
  ],
  ['another method', 'GET /chat', {}, 405, 'method_not_allowed'],
  ['one more', 'DELETE /chat', {}, 405, 'method_not_allowed'],
  ['one that nobody has', 'PROPFIND /chat', {}, 405, 'method_not_allowed'],
]

const turns: Bad[] = [
  ['a turn that is no UUID', 'GET /turns/1', {}, 400, 'invalid'],
  ['no such turn', `GET /turns/${absent}`, {}, 404, 'turn_not_found'],
  ['events of no such turn', `GET /turns/${absent}/events`, {}, 404, 'turn_not_found'],
  ['events of no turn at all', 'GET /turns/%00/events', {}, 400, 'invalid'],
  ['a stop of no turn', 'PUT /turns/none/cancellation', {}, 400, 'invalid'],
  ['versions of no such turn', `GET /turns/${absent}/versions`, {}, 404, 'turn_not_found'],
  ['a version of an empty body', 'POST /turns/:turn/versions', { headers: json }, 400, 'invalid'],
  ['a blank version', 'POST /turns/:turn/versions', { body: { message: zeroWidth } }, 400, 'invalid'],
  [
    'a version too long',
    'POST /turns/:turn/versions',
    { body: { message: 'x'.repeat(5001) } },
    400,
    'message_too_long',
  ],
  ['a list for a version', 'POST /turns/:turn/versions', { body: { message: [] } }, 400, 'invalid'],
  ['a version of no such turn', `POST /turns/${absent}/versions`, { body: {} }, 404, 'turn_not_found'],
  ['no new text for a message', 'PUT /turns/:turn/message', { body: {} }, 400, 'invalid'],
  ['a blank new text', 'PUT /turns/:turn/message', { body: { message: ' ' } }, 400, 'invalid'],
  [
    'a new text for what waits no more',
    'PUT /turns/:turn/message',
    { body: { message: 'Hi' } },
    409,
    'conflict',
  ],
  [
    'a new text too long',
    'PUT /turns/:turn/message',
    { body: { message: emoji.repeat(5001) } },
    400,
    'message_too_long',
  ],
  ['an unknown status', 'GET /conversations/:conversation/turns?status=busy', {}, 400, 'invalid'],
  ['turns after less than none', 'GET /conversations/:conversation/turns?after=-1', {}, 400, 'invalid'],
  ['turns by the half', 'GET /conversations/:conversation/turns?after=1.5', {}, 400, 'invalid'],
  ['201 turns', 'GET /conversations/:conversation/turns?limit=201', {}, 400, 'invalid'],
  [
    'a head that is no UUID',
    'PUT /conversations/:conversation/head',
    { body: { turn_id: 'last' } },
    400,
    'invalid',
  ],
  ['no head', 'PUT /conversations/:conversation/head', { body: {} }, 400, 'invalid'],
  [
    'a head that is not there',
    'PUT /conversations/:conversation/head',
    { body: { turn_id: absent } },
    404,
    'conversation_not_found',
  ],
  ['a verdict in words', 'PUT /tool-calls/:call/approval', { body: { approved: 'yes' } }, 400, 'invalid'],
  ['no verdict', 'PUT /tool-calls/:call/approval', { body: {} }, 400, 'invalid'],
  ['a null verdict', 'PUT /tool-calls/:call/approval', { body: { approved: null } }, 400, 'invalid'],
  ['a verdict without a body', 'PUT /tool-calls/:call/approval', {}, 400, 'invalid'],
  [
    'a verdict on no such call',
    `PUT /tool-calls/${absent}/approval`,
    { body: { approved: true } },
    404,
    'tool_call_not_found',
  ],
  ['a verdict on no call', 'PUT /tool-calls/7/approval', { body: { approved: true } }, 400, 'invalid'],
  [
    'an unknown resolution',
    'PUT /tool-calls/:call/resolution',
    { body: { resolution: 'undo' } },
    400,
    'invalid',
  ],
  [
    'a resolution too early',
    'PUT /tool-calls/:call/resolution',
    { body: { resolution: 'skip' } },
    409,
    'conflict',
  ],
]

const conversations: Bad[] = [
  ['a blank title', 'POST /conversations', { body: { title: zeroWidth } }, 400, 'invalid'],
  ['201 characters of title', 'POST /conversations', { body: { title: emoji.repeat(201) } }, 400, 'invalid'],
  ['a number for a title', 'POST /conversations', { body: { title: 1 } }, 400, 'invalid'],
  ['NUL in the title', 'POST /conversations', { body: { title: '\0' } }, 400, 'invalid'],
  ['half a character in the title', 'POST /conversations', { raw: '{"title":"\\ud800"}' }, 400, 'invalid'],
  ['an empty body for a conversation', 'POST /conversations', { headers: json }, 400, 'invalid'],
  ['a list for a conversation', 'POST /conversations', { body: [] }, 400, 'invalid'],
  ['a conversation that is no UUID', 'GET /conversations/first', {}, 400, 'invalid'],
  ['one that is almost one', `GET /conversations/${absent.slice(1)}`, {}, 400, 'invalid'],
  ['no such conversation', `GET /conversations/${absent}`, {}, 404, 'conversation_not_found'],
  ['no change', 'PATCH /conversations/:conversation', { body: {} }, 400, 'invalid'],
  [
    'only an unknown change',
    'PATCH /conversations/:conversation',
    { body: { owner: 'mallory' } },
    400,
    'invalid',
  ],
  ['a null title', 'PATCH /conversations/:conversation', { body: { title: null } }, 400, 'invalid'],
  ['archived in words', 'PATCH /conversations/:conversation', { body: { archived: 'yes' } }, 400, 'invalid'],
  ['another method', 'PUT /conversations/:conversation', { body: { title: 'x' } }, 405, 'method_not_allowed'],
  ['deleting nothing there', `DELETE /conversations/${absent}`, {}, 404, 'conversation_not_found'],
  ['deleting all', 'DELETE /conversations', {}, 405, 'method_not_allowed'],
  ['archived, perhaps', 'GET /conversations?archived=maybe', {}, 400, 'invalid'],
  ['a page of none', 'GET /conversations?limit=0', {}, 400, 'invalid'],
  ['a page of 201', 'GET /conversations?limit=201', {}, 400, 'invalid'],
  ['a page of many', 'GET /conversations?limit=99999999999999999999', {}, 400, 'invalid'],
  ['a page of words', 'GET /conversations?limit=ten', {}, 400, 'invalid'],
  ['two limits', 'GET /conversations?limit=1&limit=2', {}, 400, 'invalid'],
  ['a search too long', `GET /conversations?q=${'x'.repeat(201)}`, {}, 400, 'invalid'],
  ['NUL in a search', 'GET /conversations?q=a%00b', {}, 400, 'invalid'],
  ['a made up cursor', 'GET /conversations?after=abc', {}, 400, 'invalid'],
  ['a cursor without an id', 'GET /conversations?after=1790000000000000_', {}, 400, 'invalid'],
  [
    'a cursor of a day that is not',
    `GET /conversations?after=2026-02-30T00:00:00.000Z_${absent}`,
    {},
    400,
    'invalid',
  ],
  [
    'a cursor of the year 0',
    `GET /conversations?after=0000-01-01T00:00:00.000Z_${absent}`,
    {},
    400,
    'invalid',
  ],
  ['a cursor beyond time', `GET /conversations?after=${'9'.repeat(17)}_${absent}`, {}, 400, 'invalid'],
  ['a cursor too long', `GET /conversations?after=${'9'.repeat(5000)}`, {}, 400, 'invalid'],
  ['both before and after', 'GET /conversations/:conversation/messages?before=3&after=1', {}, 400, 'invalid'],
  ['before the first', 'GET /conversations/:conversation/messages?before=0', {}, 400, 'invalid'],
  [
    'before what cannot be',
    'GET /conversations/:conversation/messages?before=2147483648',
    {},
    400,
    'invalid',
  ],
  ['after less than none', 'GET /conversations/:conversation/messages?after=-1', {}, 400, 'invalid'],
  ['after a half', 'GET /conversations/:conversation/messages?after=0.5', {}, 400, 'invalid'],
  ['messages by the thousand', 'GET /conversations/:conversation/messages?limit=1e3', {}, 400, 'invalid'],
]

const tasks: Bad[] = [
  ['a task without a title', 'POST /tasks', { body: { description: 'x' } }, 400, 'invalid'],
  ['a zero-width title', 'POST /tasks', { body: { title: zeroWidth } }, 400, 'invalid'],
  ['201 code points of title', 'POST /tasks', { body: { title: emoji.repeat(201) } }, 400, 'invalid'],
  [
    '1,001 of description',
    'POST /tasks',
    { body: { title: 'x', description: emoji.repeat(1001) } },
    400,
    'invalid',
  ],
  ['NUL in the description', 'POST /tasks', { body: { title: 'x', description: '\0' } }, 400, 'invalid'],
  ['half a character in a tag', 'POST /tasks', { raw: '{"title":"x","tags":["\\udfff"]}' }, 400, 'invalid'],
  ['eleven tags', 'POST /tasks', { body: { title: 'x', tags: [...'abcdefghijk'] } }, 400, 'invalid'],
  ['a tag of 21', 'POST /tasks', { body: { title: 'x', tags: ['x'.repeat(21)] } }, 400, 'invalid'],
  ['tags in one text', 'POST /tasks', { body: { title: 'x', tags: 'a,b' } }, 400, 'invalid'],
  ['a list of no texts', 'POST /tasks', { body: { title: 'x', tags: [1, null] } }, 400, 'invalid'],
  ['an unknown priority', 'POST /tasks', { body: { title: 'x', priority: 'urgent' } }, 400, 'invalid'],
  ['a number for a priority', 'POST /tasks', { body: { title: 'x', priority: 1 } }, 400, 'invalid'],
  ['30 February', 'POST /tasks', { body: { title: 'x', due_date: '2026-02-30' } }, 400, 'invalid'],
  ['half past 25', 'POST /tasks', { body: { title: 'x', due_date: '2026-02-03T25:30:00Z' } }, 400, 'invalid'],
  ['tomorrow', 'POST /tasks', { body: { title: 'x', due_date: 'tomorrow' } }, 400, 'invalid'],
  [
    'a time of nowhere',
    'POST /tasks',
    { body: { title: 'x', due_date: '2026-02-03T10:00:00' } },
    400,
    'invalid',
  ],
  ['seconds for a date', 'POST /tasks', { body: { title: 'x', due_date: 1790000000 } }, 400, 'invalid'],
  [
    'the year 10000',
    'POST /tasks',
    { body: { title: 'x', due_date: '+010000-01-01T00:00:00Z' } },
    400,
    'invalid',
  ],
  ['the year 0', 'POST /tasks', { body: { title: 'x', due_date: '0000-12-31' } }, 400, 'invalid'],
  [
    'every hour',
    'POST /tasks',
    { body: { title: 'x', due_date: '2026-12-01', recurrence: 'hourly' } },
    400,
    'invalid',
  ],
  [
    'again and again, from no day on',
    'POST /tasks',
    { body: { title: 'x', recurrence: 'daily' } },
    400,
    'invalid',
  ],
  ['a zone of nowhere', 'POST /tasks', { body: { title: 'x', time_zone: 'Atlantis' } }, 400, 'invalid'],
  [
    'a task as a form',
    'POST /tasks',
    { raw: 'title=x', headers: { 'content-type': 'multipart/form-data' } },
    415,
    'unsupported_media_type',
  ],
  [
    'two megabytes of task',
    'POST /tasks',
    { body: { title: 'x', description: megabyte.repeat(2) } },
    413,
    'body_too_large',
  ],
  ['no title any more', 'PUT /tasks/:task', { body: { title: null } }, 400, 'invalid'],
  ['a list for a task', 'PUT /tasks/:task', { body: [] }, 400, 'invalid'],
  ['task 0', 'GET /tasks/0', {}, 400, 'invalid'],
  ['task -1', 'GET /tasks/-1', {}, 400, 'invalid'],
  ['task 1.5', 'PUT /tasks/1.5', { body: { title: 'x' } }, 400, 'invalid'],
  ['task 1e3', 'DELETE /tasks/1e3', {}, 400, 'invalid'],
  ['task 2147483648', 'GET /tasks/2147483648', {}, 400, 'invalid'],
  ['task 99999999999999999999', 'PATCH /tasks/99999999999999999999/complete', {}, 400, 'invalid'],
  ['task NUL', 'GET /tasks/%00', {}, 400, 'invalid'],
  ['no such task', 'DELETE /tasks/2147483647', {}, 404, 'task_not_found'],
  ['a broken escape in the path', 'GET /tasks/%zz', {}, 400, 'invalid'],
  ['half a character in the path', 'GET /tasks/%E0%A4%A', {}, 400, 'invalid'],
  ['completed in words', 'PATCH /tasks/:task/complete', { body: { completed: 'yes' } }, 400, 'invalid'],
  ['completed by half', 'PATCH /tasks/:task/complete', { body: { completed: 0.5 } }, 400, 'invalid'],
  ['completed in no JSON', 'PATCH /tasks/:task/complete', { raw: '{"completed":' }, 400, 'invalid'],
  ['a list of completions', 'PATCH /tasks/:task/complete', { body: [true] }, 400, 'invalid'],
  ['an unknown status', 'GET /tasks?status=done', {}, 400, 'invalid'],
  ['an unknown priority to look for', 'GET /tasks?priority=0', {}, 400, 'invalid'],
  ['due some day', 'GET /tasks?due=someday', {}, 400, 'invalid'],
  ['an unknown order', 'GET /tasks?sort=id;drop', {}, 400, 'invalid'],
  ['neither up nor down', 'GET /tasks?order=up', {}, 400, 'invalid'],
  ['a page of none', 'GET /tasks?limit=0', {}, 400, 'invalid'],
  ['a page of less', 'GET /tasks?limit=-5', {}, 400, 'invalid'],
  ['a tag too long', `GET /tasks?tag=${'x'.repeat(21)}`, {}, 400, 'invalid'],
  ['NUL to look for', 'GET /tasks?search=%00', {}, 400, 'invalid'],
  ['a search too long', `GET /tasks?search=${'x'.repeat(9000)}`, {}, 400, 'invalid'],
  ['a clock of nowhere', 'GET /tasks?due=today&time_zone=Nowhere', {}, 400, 'invalid'],
  ['a made up cursor', 'GET /tasks?after=abc', {}, 400, 'invalid'],
  ['a cursor of other types', `GET /tasks?after=${cursor([1, 2, 3])}`, {}, 400, 'invalid'],
  ['a cursor of another order', `GET /tasks?after=${cursor(['title', 'asc', 'x', 1])}`, {}, 400, 'invalid'],
  [
    'a cursor beyond numbers',
    `GET /tasks?after=${cursor(['created_at', 'desc', '9'.repeat(19), 1])}`,
    {},
    400,
    'invalid',
  ],
  [
    'a cursor with NUL',
    `GET /tasks?sort=title&after=${cursor(['title', 'asc', '\0', 1])}`,
    {},
    400,
    'invalid',
  ],
  ['another method', 'DELETE /tasks', {}, 405, 'method_not_allowed'],
]

const data: Bad[] = [
  ['an export in another form', 'GET /conversations/:conversation/export?format=pdf', {}, 400, 'invalid'],
  ['an export of no UUID', 'GET /conversations/1/export', {}, 400, 'invalid'],
  ['an export of nothing', `GET /conversations/${absent}/export`, {}, 404, 'conversation_not_found'],
  ['another method to export', 'POST /export', { body: {} }, 405, 'method_not_allowed'],
  ['no feedback', 'PUT /turns/:turn/feedback', { headers: json }, 400, 'invalid'],
  ['feedback of nothing', 'PUT /turns/:turn/feedback', { body: {} }, 400, 'invalid'],
  ['feedback of stars', 'PUT /turns/:turn/feedback', { body: { value: 5 } }, 400, 'invalid'],
  ['mixed feedback', 'PUT /turns/:turn/feedback', { body: { value: 'neutral' } }, 400, 'invalid'],
  [
    'a blank comment',
    'PUT /turns/:turn/feedback',
    { body: { value: 'positive', comment: ' ' } },
    400,
    'invalid',
  ],
  [
    'a comment of 2,001 characters',
    'PUT /turns/:turn/feedback',
    { body: { value: 'positive', comment: 'x'.repeat(2001) } },
    400,
    'invalid',
  ],
  [
    'NUL in a comment',
    'PUT /turns/:turn/feedback',
    { body: { value: 'positive', comment: 'a\0b' } },
    400,
    'invalid',
  ],
  [
    'feedback to nothing',
    `PUT /turns/${absent}/feedback`,
    { body: { value: 'positive' } },
    404,
    'turn_not_found',
  ],
  ['feedback taken back from nothing', `DELETE /turns/${absent}/feedback`, {}, 404, 'turn_not_found'],
]

const elsewhere: Bad[] = [
  ['no such address', 'GET /nothing/here', {}, 404, 'not_found'],
  ['nothing but the user', 'GET /', {}, 404, 'not_found'],
  ['a head of 20,000 characters', `GET /tasks?search=${'x'.repeat(20_000)}`, {}, 431, 'head_too_large'],
  [
    'a header of 20,000 characters',
    'GET /tasks',
    { headers: { 'x-long': 'x'.repeat(20_000) } },
    431,
    'head_too_large',
  ],
]

function cursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

const uiMessage = (text: object) => ({
  id: 'bad',
  message: { id: 'bad', role: 'user', parts: [{ type: 'text', ...text }] },
})

const isRefusal = (status: unknown) => Number(status) >= 400 && Number(status) < 500

let server: TestServer
let ann: Client
let own: Record<string, string>
let before: { counts: Record<string, number>; rows: Record<string, string[]> }

beforeAll(async () => {
  server = await startServer()
  ann = await clientOf(server)
  const added = await ann.say('Add a task to buy marzipan')
  const asked = await ann.say('delete task 1', added.body.conversation_id)
  expect(asked.body.status).toBe('awaiting_approval')
  own = {
    ':conversation': added.body.conversation_id,
    ':turn': added.body.turn_id,
    ':call': asked.body.tool_calls[0].id,
    ':task': '1',
  }
  const { db } = server.context
  before = { counts: await countRows(db), rows: await rowsOf(db, ann.userId) }
})
afterAll(() => server?.[Symbol.asyncDispose]())

interface Received {
  status: number | undefined
  headers: IncomingMessage['headers']
  text: string
}

/** As bytes on a connection: much of this a well-behaved client would not send. */
function send(method: string, path: string, { body, raw, chunks, headers }: Sending): Promise<Received> {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const type = text === undefined && !chunks ? {} : json
  const given = Object.entries({ authorization: `Bearer ${ann.token}`, ...type, ...headers })
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/`, {
      method,
      path,
      headers: {
        // The name of a header that is to be left out stands there without a value.
        ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
        ...(text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }),
      },
      agent: false,
    })
    sent.on('response', async response => {
      const pieces = await response.setEncoding('utf8').toArray()
      resolve({ status: response.statusCode, headers: response.headers, text: pieces.join('') })
    })
    // An answer that came before all was sent is an answer; the connection may well break after it.
    sent.on('error', reject)
    for (const chunk of chunks ?? []) sent.write(chunk)
    sent.end(text)
  })
}

const leaks =
  /\bat .+:\d+|\.ts\b|node_modules|\bselect\b|\binsert\b|\bupdate\b .*\bset\b|colloquy\.|\bschema\b|relation|syntax error|PostgresError|ZodError/i

function expectProblem({ status, headers, text }: Received, expected: { status: number; code: string }) {
  expect([status, text]).toEqual([expected.status, expect.stringContaining(`"code":"${expected.code}"`)])
  expect(headers['content-type']).toBe('application/problem+json')
  const problem = JSON.parse(text)
  expect(problem).toMatchObject({
    type: `urn:colloquy:problem:${expected.code}`,
    title: expect.stringMatching(/\w/),
    status: expected.status,
    detail: expect.stringMatching(/\w/),
    code: expected.code,
  })
  expect(problem.detail).not.toMatch(leaks)
  expect(text.length).toBeLessThan(2000)
  // What was not even read as a request has no id.
  if (expected.status !== 431) expect(problem.request_id).toBe(headers['x-request-id'])
}

/** How many rows each table has more than when this was asked last; attempts are counted whatever becomes of them. */
async function newRows(): Promise<Record<string, number>> {
  const { counts } = before
  before.counts = await countRows(server.context.db)
  const changes = Object.entries(before.counts).map(([table, count]) => [table, count - (counts[table] ?? 0)])
  return Object.fromEntries(changes.filter(([table, change]) => change !== 0 && table !== 'auth.attempts'))
}

/** The other protocols read bodies that their clients make; what no client would make is refused all the same. */
const protocols: [name: string, path: string, body: unknown][] = [
  ['an object for a text', '/ai-sdk', uiMessage({ text: { toString: 'text' } })],
  ['a number for a text', '/ai-sdk', uiMessage({ text: 7 })],
  ['a list for a text', '/ai-sdk', uiMessage({ text: ['Hi'] })],
  ['a text without text', '/ai-sdk', uiMessage({})],
]

const groups = { chat, turns, conversations, tasks, data, elsewhere }

test('there are bad requests enough, and none of them twice', () => {
  const all = Object.values(groups).flat()
  expect(all.length).toBeGreaterThan(150)
  const said = all.map(([, at, sending]) => JSON.stringify([at, sending]))
  expect(new Set(said).size).toBe(all.length)
})

describe.each(Object.entries(groups))('%s', (_, bad) => {
  test.each(bad)('%s: %s', async (_name, at, sending, status, code) => {
    const [method = '', ...rest] = at.split(' ')
    const path = rest.join(' ').replace(/:[a-z]+/g, name => own[name] ?? name)
    const answer = await send(method, `/api/${ann.userId}${path}`, sending)
    const stored = await newRows()
    expectProblem(answer, { status, code })
    expect(stored).toEqual({})
  })
})

test.each(protocols)('another protocol gets %s: %s', async (_, path, body) => {
  const answer = await send('POST', path, { body })
  const stored = await newRows()
  expectProblem(answer, { status: 400, code: 'invalid' })
  expect(stored).toEqual({})
})

test('nobody answers more questions, or says more at once, than there can be', async () => {
  const many = 70_000
  const thread = { threadId: own[':conversation'], runId: 'many', messages: [] as unknown[] }
  const uuids = Array.from({ length: many }, (_, i) => `00000000-0000-4000-8000-${`${i}`.padStart(12, '0')}`)
  const said = uuids.map(id => ({ id, role: 'user', content: '' }))
  const resume = uuids.map(interruptId => ({ interruptId, status: 'cancelled' }))
  const approval = (id: string) => ({
    type: 'x',
    state: 'approval-responded',
    approval: { id, approved: true },
  })
  const message = { id: 'many', role: 'assistant', parts: uuids.map(approval) }
  for (const [path, body] of [
    ['/ag-ui', { ...thread, messages: said }],
    ['/ag-ui', { ...thread, resume: [...resume, { interruptId: own[':call'], status: 'cancelled' }] }],
    ['/ai-sdk', { id: own[':conversation'], message }],
  ] as const)
    expectProblem(await send('POST', path, { body }), { status: 400, code: 'invalid' })
  expect(await newRows()).toEqual({})
})

test('a method that an address does not know is told which it knows', async () => {
  const answer = await send('DELETE', `/api/${ann.userId}/tasks`, {})
  expect(answer.headers.allow).toBe('GET, HEAD, POST')
})

test('an address with a broken escape for a user is nobody to be let in as', async () => {
  for (const user of ['%zz', '%E0%A4%A', '%00', '%ff'])
    expectProblem(await send('GET', `/api/${user}/tasks`, {}), { status: 403, code: 'forbidden' })
})

test.each<[string, string, Sending]>([
  ['no body', 'POST /sign-up/email', {}],
  ['no JSON', 'POST /sign-up/email', { raw: '{"email":' }],
  ['null', 'POST /sign-up/email', { raw: 'null' }],
  ['a list', 'POST /sign-up/email', { body: [] }],
  ['a text', 'POST /sign-up/email', { body: 'ada' }],
  ['numbers', 'POST /sign-up/email', { body: { email: 1, password: 12345678, name: 2 } }],
  ['objects', 'POST /sign-in/email', { body: { email: { $gt: '' }, password: { $gt: '' } } }],
  ['NUL', 'POST /sign-in/email', { body: { email: 'a\0@example.com', password: 'correct horse' } }],
  [
    'half a character',
    'POST /sign-up/email',
    { raw: '{"email":"a@example.com","password":"correct horse","name":"\\ud800"}' },
  ],
  ['a form', 'POST /sign-in/email', { raw: 'email=a', headers: { 'content-type': 'text/plain' } }],
  ['two megabytes', 'POST /sign-up/email', { body: { name: megabyte.repeat(2) } }],
  ['an address that is not', 'GET /nothing', {}],
  ['another method', 'DELETE /sign-up/email', {}],
  ['a broken escape', 'GET /%zz', {}],
  ['no session', 'GET /token', { headers: { authorization: 'Bearer nothing' } }],
  ['a session with NUL', 'GET /token', { headers: { cookie: 'better-auth.session_token=%00.%00' } }],
])('an account asked for with %s is refused: %s', async (_, at, sending) => {
  const [method = '', path] = at.split(' ')
  const headers = { authorization: undefined, origin: server.url, ...sending.headers }
  const { status, text } = await send(method, `/api/auth${path}`, { ...sending, headers })
  const stored = await newRows()
  expect([status, text]).toEqual([expect.toSatisfy(isRefusal), expect.not.stringMatching(leaks)])
  expect(stored).toEqual({})
})

test('after all of it, everything is as it was and works', async () => {
  const { db } = server.context
  expect(await rowsOf(db, ann.userId)).toEqual(before.rows)
  expect((await ann.call('GET', '/tasks')).body).toMatchObject([{ id: 1, title: 'Buy marzipan' }])
  const answer = await ann.say('What are my tasks?', own[':conversation'])
  expect([answer.status, answer.body.response]).toEqual([200, expect.stringContaining('marzipan')])
})
