import { DrizzleQueryError } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { describeError } from '../../server/telemetry/describe-error.ts'

const secretText = 'what the user wrote'

const driverError = () =>
  Object.assign(new Error('duplicate key value violates unique constraint'), {
    code: '23505',
    detail: `Key (content)=(${secretText}) already exists.`,
    params: [secretText],
  })

test('a logged error names what failed, without the values of any statement', () => {
  const failed = new DrizzleQueryError('insert into messages values ($1)', [secretText], driverError())
  const wrapped = new Error('The turn was left', { cause: failed })
  for (const error of [failed, driverError(), wrapped]) {
    const described = JSON.stringify(describeError(error))
    expect(described).toContain('23505')
    expect(described).toContain('duplicate key value')
    expect(described).not.toContain(secretText)
  }
})

test('what is thrown without being an error is described too', () => {
  expect(describeError('no')).toEqual({ type: 'string', message: 'no' })
  expect(describeError(undefined)).toEqual({ type: 'undefined', message: 'undefined' })
})
