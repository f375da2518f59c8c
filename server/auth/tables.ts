import { boolean, pgSchema, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * Typed mirror of migrations/0009-auth.sql. Keys and columns have Better Auth's field names, because it looks them up.
 */

const auth = pgSchema('auth')

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const createdAt = () => at('createdAt').notNull().defaultNow()
const updatedAt = () => at('updatedAt').notNull().defaultNow()

const user = auth.table('user', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique('user_email_key'),
  emailVerified: boolean('emailVerified').notNull().default(false),
  image: text('image'),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

const userId = () =>
  text('userId')
    .notNull()
    .references(() => user.id, { onDelete: 'cascade' })

const session = auth.table('session', {
  id: text('id').primaryKey(),
  expiresAt: at('expiresAt').notNull(),
  token: text('token').notNull().unique('session_token_key'),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
  ipAddress: text('ipAddress'),
  userAgent: text('userAgent'),
  userId: userId(),
})

const account = auth.table('account', {
  id: text('id').primaryKey(),
  accountId: text('accountId').notNull(),
  providerId: text('providerId').notNull(),
  userId: userId(),
  accessToken: text('accessToken'),
  refreshToken: text('refreshToken'),
  idToken: text('idToken'),
  accessTokenExpiresAt: at('accessTokenExpiresAt'),
  refreshTokenExpiresAt: at('refreshTokenExpiresAt'),
  scope: text('scope'),
  password: text('password'),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

const verification = auth.table('verification', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: at('expiresAt').notNull(),
  createdAt: createdAt(),
  updatedAt: updatedAt(),
})

const jwks = auth.table('jwks', {
  id: text('id').primaryKey(),
  publicKey: text('publicKey').notNull(),
  privateKey: text('privateKey').notNull(),
  createdAt: createdAt(),
  expiresAt: at('expiresAt'),
  alg: text('alg'),
  crv: text('crv'),
})

export const authTables = { user, session, account, verification, jwks }
