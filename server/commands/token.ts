import { existsSync } from 'node:fs'
import { SignJWT } from 'jose'
import { keepSecret } from '../auth/secret.ts'
import { readConfig } from '../config.ts'
import { type Command, CommandError } from './command.ts'

export const tokenCommand: Command = {
  name: 'token',
  summary: 'Prints a bearer token for development: whoever holds it is that user',
  help: `It is an HS256 JWT, signed with BETTER_AUTH_SECRET or, without one, with the secret of the data folder.
Example: curl -H "authorization: Bearer $(npm run --silent token -- --user ada)" …/api/ada/tasks`,
  options: [
    { name: 'user', value: 'ID', summary: 'whom the token speaks for (required)' },
    {
      name: 'expires',
      value: 'TIME',
      summary: 'how long it is valid: 30s, 15m, 1h, 7d (at most 365d; default 1h)',
    },
  ],
  run: async ({ user, expires = '1h' }) => {
    requireUserId(user)
    const lifetime = secondsOf(expires)
    const config = readConfig()
    const secret = config.secret ?? secretOf(config.dataDir)
    const now = Math.floor(Date.now() / 1000)
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(user)
      .setIssuedAt(now)
      .setExpirationTime(now + lifetime)
      .sign(Buffer.from(secret))
    console.log(token)
    return 0
  },
}

/** A running server has created the folder: if it is missing, this may be the wrong one. */
function secretOf(dataDir: string): string {
  if (!existsSync(dataDir))
    console.error(`${dataDir} is new: only a server with this DATA_DIR will know the token`)
  return keepSecret(dataDir)
}

/** Colons are reserved for users of outside issuers; the server rejects them in its own tokens. */
function requireUserId(user: string | undefined): asserts user is string {
  if (user && user.length <= 255 && user.isWellFormed() && !/[:\p{Cc}]/u.test(user)) return
  throw new CommandError(
    'Name the user, without a colon and with at most 255 characters: --user ID; see: token --help',
  )
}

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 }

function secondsOf(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  // The pattern allows only these four letters.
  const seconds = Number(count) * unitSeconds[(unit ?? 's') as keyof typeof unitSeconds]
  if (seconds >= 1 && seconds <= 365 * unitSeconds.d) return seconds
  throw new CommandError('--expires must be a time such as 30s, 15m, 1h or 7d, at most 365d')
}
