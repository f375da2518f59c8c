import { randomUUID } from 'node:crypto'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose'
import type { Connection, Database } from '../db/database.ts'
import { asAuthRole } from './auth-role.ts'
import type { Secrets } from './old-secrets.ts'

/** A key pair as Better Auth stores it: both keys as JWK text, the private one encrypted. */
export interface SigningKey {
  id: string
  publicKey: string
  privateKey: string
  createdAt: Date
  alg: 'EdDSA'
  crv: 'Ed25519'
}

/**
 * The keys for our own tokens, newest first; the first process creates one. Read once, so that signing and verifying
 * need no database. Only the newest key signs. If it is encrypted with an old secret, it is encrypted again with the
 * current one; the key itself stays, so that all instances keep accepting each other's tokens. Throws when none of the
 * secrets decrypts it.
 */
export async function prepareSigningKeys(db: Database, secrets: Secrets): Promise<SigningKey[]> {
  const made = await makeSigningKey(secrets.secret)
  const keys = await asAuthRole(db, async connection => {
    await connection.query(`select pg_advisory_xact_lock(hashtext('colloquy.signing_keys'))`)
    const [newest, ...older] = await listSigningKeys(connection)
    if (newest) return [await underCurrentSecret(connection, newest, secrets), ...older]
    await insertSigningKey(connection, made)
    return [made]
  })
  return keys
}

/** The public keys for verifying our own tokens, as `/api/auth/jwks` shows them. */
export const publicKeysOf = (keys: readonly SigningKey[]): JSONWebKeySet => ({
  keys: keys.map(key => ({ ...JSON.parse(key.publicKey), alg: key.alg, kid: key.id })),
})

async function makeSigningKey(secret: string): Promise<SigningKey> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const privateKey = JSON.stringify(await exportJWK(pair.privateKey))
  return {
    id: randomUUID(),
    publicKey: JSON.stringify(await exportJWK(pair.publicKey)),
    privateKey: await encrypt(privateKey, secret),
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

async function underCurrentSecret(
  connection: Connection,
  key: SigningKey,
  { secret, oldSecrets = [] }: Secrets,
): Promise<SigningKey> {
  if ((await decrypt(key, secret)) !== undefined) return key
  for (const old of oldSecrets) {
    const data = await decrypt(key, old)
    if (data === undefined) continue
    const privateKey = await encrypt(data, secret)
    await connection.query('update auth.jwks set "privateKey" = $2 where id = $1', [key.id, privateKey])
    return { ...key, privateKey }
  }
  throw new Error(
    'The secret is not the one this database was set up with: set BETTER_AUTH_SECRET to that one, or name it in ' +
      'BETTER_AUTH_SECRET_OLD beside a new one, or, to go on with another (everyone signs in again), ' +
      'run: delete from auth.jwks',
  )
}

const encrypt = async (data: string, secret: string) =>
  JSON.stringify(await symmetricEncrypt({ key: secret, data }))

/** Undefined: encrypted with another secret. */
const decrypt = (key: SigningKey, secret: string): Promise<string | undefined> =>
  symmetricDecrypt({ key: secret, data: JSON.parse(key.privateKey) }).catch(() => undefined)
