import { ownCodeOf } from './failure.ts'

/**
 * Why a database cannot be used, as far as the error tells. Codes are Node's, the driver's, or SQLSTATEs (appendix A).
 */

export type ProblemKind =
  | 'unreachable'
  | 'timed_out'
  | 'tls'
  | 'wrong_password'
  | 'no_such_database'
  | 'missing_rights'
  | 'too_many_connections'
  | 'starting_or_stopping'
  | 'folder_in_use'
  | 'folder_unusable'
  | 'unknown'

interface Explanation {
  codes: RegExp
  says: string
  remedy: string
}

const explanations: Record<Exclude<ProblemKind, 'unknown'>, Explanation> = {
  unreachable: {
    codes:
      /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EPIPE|CONNECTION_(CLOSED|ENDED)|08\w{3})$/,
    says: 'cannot be reached',
    remedy: 'start the database, or correct host and port in DATABASE_URL',
  },
  timed_out: {
    codes: /^(CONNECT_TIMEOUT|ETIMEDOUT)$/,
    says: 'does not answer in time',
    remedy: 'check host, port and firewall, or raise DATABASE_CONNECT_TIMEOUT_SECONDS',
  },
  tls: {
    codes: /^(ERR_SSL_\w+|ERR_TLS_\w+|EPROTO|CERT_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)$/,
    says: 'does not agree on TLS',
    remedy: 'check its certificate and the sslmode in DATABASE_URL',
  },
  wrong_password: {
    codes: /^28\w{3}$/,
    says: 'refuses this user or password',
    remedy: 'correct user and password in DATABASE_URL, or what the server lets in (pg_hba.conf)',
  },
  no_such_database: {
    codes: /^3D000$/,
    says: 'does not exist on this server',
    remedy: 'create it (createdb), or correct its name in DATABASE_URL',
  },
  missing_rights: {
    codes: /^42501$/,
    says: 'lacks a right for this user',
    remedy:
      'let the owner of the database run: npm run migrate, with a role that may create roles and schemas',
  },
  too_many_connections: {
    codes: /^53\w{3}$/,
    says: 'has no connection or room left',
    remedy: 'lower DATABASE_POOL, or raise the limits of the database',
  },
  starting_or_stopping: {
    codes: /^57P0\d$/,
    says: 'is starting or stopping',
    remedy: 'wait a moment and try again',
  },
  folder_in_use: {
    codes: /^FOLDER_IN_USE$/,
    says: 'is in use by another process',
    remedy: 'stop that process, or give this one another DATA_DIR',
  },
  folder_unusable: {
    codes: /^(EACCES|EPERM|EROFS|ENOSPC|ENOTDIR|EEXIST|EISDIR|ENAMETOOLONG)$/,
    says: 'cannot be written',
    remedy: 'give this user the right to write there, or another DATA_DIR',
  },
}

/** A one-line description, for operators, of a database that cannot be used: never sent to clients. */
export class DatabaseProblem extends Error {
  readonly kind: ProblemKind
  readonly says: string
  readonly remedy: string | undefined

  /** `subject` names the database or the folder, as in "The database at localhost:5432/colloquy". */
  constructor(subject: string, cause: unknown) {
    const kind = problemKindOf(cause)
    const { says, remedy } = explain(kind)
    const sentence = `${subject} ${says} (${detailOf(cause)})`
    super(remedy ? `${sentence}: ${remedy}` : sentence, { cause })
    this.name = 'DatabaseProblem'
    this.kind = kind
    this.says = sentence
    this.remedy = remedy
  }
}

export const explain = (kind: ProblemKind): { says: string; remedy: string | undefined } =>
  kind === 'unknown' ? { says: 'cannot be used', remedy: undefined } : explanations[kind]

/** The kind of the first known code in the chain of causes, since query builders wrap the driver's errors. */
export function problemKindOf(error: unknown): ProblemKind {
  for (const { code } of chainOf(error)) {
    const known = Object.entries(explanations).find(([, { codes }]) => codes.test(code))
    // The keys of the table are kinds; Object.entries only knows strings.
    if (known) return known[0] as ProblemKind
  }
  return 'unknown'
}

/** The innermost message, on one line. */
function detailOf(error: unknown): string {
  const { code, message } = chainOf(error).at(-1) ?? { code: '', message: String(error) }
  return (message || code).replace(/\s+/g, ' ').trim()
}

function chainOf(error: unknown): { code: string; message: string }[] {
  const chain = []
  for (let at = error; at instanceof Error && chain.length < 10; at = at.cause) {
    chain.push({ code: ownCodeOf(at) ?? '', message: at.message })
  }
  return chain
}
