import { APIError } from 'better-auth/api'

const maxNameCharacters = 100
/** RFC 5321, 4.5.3.1.3, without the angle brackets. */
const maxEmailCharacters = 254

/** Refuses values that the library accepts but a token could not carry. */
export async function checkProfile({ name, email }: { name?: unknown; email?: unknown }): Promise<void> {
  if (typeof name === 'string' && !isName(name)) {
    throw refusal(
      'INVALID_NAME',
      `The name may have ${maxNameCharacters} characters and no control characters`,
    )
  }
  if (typeof email === 'string' && email.length > maxEmailCharacters) {
    throw refusal('INVALID_EMAIL', `The e-mail address may have ${maxEmailCharacters} characters`)
  }
}

const isName = (name: string) =>
  name.isWellFormed() && [...name].length <= maxNameCharacters && !/\p{Cc}/u.test(name)

const refusal = (code: string, message: string) => new APIError('BAD_REQUEST', { code, message })
