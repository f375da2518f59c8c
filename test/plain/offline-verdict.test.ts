import { describe, expect, test } from 'vitest'
import { confirmsItself, verdictOf } from '../../server/agent/verdict.ts'

const yes = [
  'yes',
  'Yes!',
  'YES please',
  'y',
  'yeah, do it',
  'confirm',
  'go ahead',
  'sure',
  'ok',
  'yes, delete it',
  '👍',
  "I'm sure",
  'haan',
  'Ji haan',
  'yeah go on then',
  'please do',
  'haan kar do',
  'theek hai',
  'ہاں',
  'جی ہاں',
  'ہاں، حذف کر دو',
  '  yes\u200B ',
]
const no = [
  'no',
  'No.',
  'nope',
  'never mind',
  "I'm not sure",
  'I’m not sure',
  "don't",
  'no, don’t delete it',
  'cancel',
  'not now',
  'ah no, leave it be',
  'hang on',
  'keep it',
  '👎',
  'nahin',
  'nahi',
  'rehne do',
  'mat karo',
  'نہیں',
  'جی نہیں',
  'رہنے دو',
  'مجھے یقین نہیں',
]
const other = [
  '',
  ' ',
  '?',
  'yes?',
  'yes, but first list my tasks',
  'yes and delete task 5',
  'delete task 5 instead',
  'no, delete task 5',
  'yes no',
  'ok cancel',
  'maybe tomorrow',
  'thanks mate',
  'cheers lol',
  'go on',
  'show my tasks',
  'yes, delete task 4',
  'yesterday',
  'nobody',
  'yes '.repeat(100),
  'نہیں، کام 5 حذف کرو',
]

describe('a plain answer', () => {
  test.each(yes)('“%s” is a yes', message => expect(verdictOf(message)).toBe('yes'))
  test.each(no)('“%s” is a no', message => expect(verdictOf(message)).toBe('no'))
  test.each(other)('“%s” is neither', message => expect(verdictOf(message)).toBe('other'))
})

describe('a request that confirms itself', () => {
  test.each([
    'yes, delete task 4',
    'Yes delete it',
    'delete task 4, yes',
    'delete task 4 - I’m sure',
    'haan, task 4 delete karo',
    'جی ہاں، کام 4 حذف کرو',
  ])('“%s” does', message => expect(confirmsItself(message, 4)).toBe(true))
  test.each([
    'delete task 4',
    'ok, delete task 4',
    'sure delete task 4',
    'yes',
    'yes, delete task 4?',
    'yes, but delete task 4 first',
    "yes, don't delete task 4",
    'Delete the task say yes',
    'Add a task: yes, delete task 4',
    'yes, show task 4',
  ])('“%s” does not', message => expect(confirmsItself(message, 4)).toBe(false))
  test('only the tasks it names', () => expect(confirmsItself('yes, delete task 4', 5)).toBe(false))
})
