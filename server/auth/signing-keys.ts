import { randomUUID } from 'node:crypto'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose'
import type { Connection, Database } from '../db/database.ts'
import { asAuthRole } from './auth-role.ts'

/** A key pair as Better Auth stores it: both keys as JSON Web Keys in text, the private one encrypted. */
export interface SigningKey {
  id: string
  publicKey: string
  privateKey: string
  createdAt: Date
  alg: 'EdDSA'
  crv: 'Ed25519'
}

/**
 * The keys that sign own tokens, newest first; the first process to ask makes one. Read once: signing and verifying
 * then need no database. Throws when `secret` is not the one they were encrypted with.
 */
export async function prepareSigningKeys(db: Database, secret: string): Promise<SigningKey[]> {
  const made = await makeSigningKey(secret)
  const keys = await asAuthRole(db, async connection => {
    await connection.query(`select pg_advisory_xact_lock(hashtext('colloquy.signing_keys'))`)
    const found = await listSigningKeys(connection)
    if (found.length > 0) return found
    await insertSigningKey(connection, made)
    return [made]
  })
  for (const key of keys.slice(0, 1)) await requireReadable(key, secret)
  return keys
}

/** What others verify own tokens with, as `/api/auth/jwks` shows it. */
export const publicKeysOf = (keys: readonly SigningKey[]): JSONWebKeySet => ({
  keys: keys.map(key => ({ ...JSON.parse(key.publicKey), alg: key.alg, kid: key.id })),
})

async function makeSigningKey(secret: string): Promise<SigningKey> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const privateKey = JSON.stringify(await exportJWK(pair.privateKey))
  return {
    id: randomUUID(),
    publicKey: JSON.stringify(await exportJWK(pair.publicKey)),
    privateKey: JSON.stringify(await symmetricEncrypt({ key: secret, data: privateKey })),
    createdAt: new Date(),
    alg: 'EdDSA',
    crv: 'Ed25519',
  }
}

async function listSigningKeys(connection: Connection): Promise<SigningKey[]> {
  const rows = await connection.query<SigningKey>(
    `select id, "publicKey", "privateKey", "createdAt", 'EdDSA' as alg, 'Ed25519' as crv from auth.jwks
      where coalesce(alg, 'EdDSA') = 'EdDSA' and ("expiresAt" is null or "expiresAt" > now())
      order by "createdAt" desc`,
  )
  return rows.map(row => ({ ...row, createdAt: new Date(row.createdAt) }))
}

const insertSigningKey = (connection: Connection, key: SigningKey) =>
  connection.query(
    `insert into auth.jwks (id, "publicKey", "privateKey", "createdAt", alg, crv) values ($1, $2, $3, $4, $5, $6)`,
    [key.id, key.publicKey, key.privateKey, key.createdAt.toISOString(), key.alg, key.crv],
  )

async function requireReadable(key: SigningKey, secret: string): Promise<void> {
  try {
    await symmetricDecrypt({ key: secret, data: JSON.parse(key.privateKey) })
  } catch (cause) {
    throw new Error(
      'The secret is not the one this database was set up with: set BETTER_AUTH_SECRET to that one, ' +
        'or, to go on with another (everyone signs in again), run: delete from auth.jwks',
      { cause },
    )
  }
}
