/** The Ed25519 keys that sign tokens: one signs, those before it are told until their last token has ended. */
import { exportJWK, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import type { Database } from '../../db/database.ts'
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import type { Keyring } from '../keyring.ts'

export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
}

interface SigningRow {
  readonly id: string
  readonly private: Uint8Array
}

const USE = 'signing'
/** Old keys stay in the set for longer than any token lives (an hour at most), and no longer. */
const TOLD_HOURS = 2

/** The key that signs; made when there is none, or when the present one was sealed with a secret that is lost. */
export async function currentSigningKey(database: Database, keyring: Keyring): Promise<SigningKey> {
  const found = await readCurrent(database.pool)
  const opened = found && (await openKey(keyring, found))
  return opened ?? rotateSigningKey(database.transaction, keyring, { replaced: found?.id ?? null })
}

export interface Rotation {
  /** The key to be replaced: nothing is done when another process was faster. Whichever signs, when that is undefined. */
  readonly replaced?: string | null
  /** For keys that somebody may have seen: no token that one of them signed is valid any more. */
  readonly endOld?: boolean
  readonly record?: (client: Queryable, kid: string) => Promise<unknown>
}

/** Puts a new key in place of the one that signs. */
export async function rotateSigningKey(
  transaction: Database['transaction'],
  keyring: Keyring,
  { replaced, endOld = false, record = async () => {} }: Rotation,
): Promise<SigningKey> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const kid = newId()
  const made = { kid, privateKey: pair.privateKey }
  const publicJwk = JSON.stringify({ ...(await exportJWK(pair.publicKey)), kid, alg: 'EdDSA', use: 'sig' })
  const sealed = keyring.seal(USE, JSON.stringify(await exportJWK(pair.privateKey)))
  return transaction(async ({ client }) => {
    await client.query('lock table signing_key in share row exclusive mode')
    const current = await readCurrent(client)
    if (replaced !== undefined && current && current.id !== replaced) {
      const other = await openKey(keyring, current)
      if (other) return other
    }
    await client.query('update signing_key set retired_at = now() where retired_at is null')
    if (endOld) await client.query("update signing_key set retired_at = '-infinity'")
    await client.query('insert into signing_key (id, public_jwk, private_jwk) values ($1, $2, $3)', [kid, publicJwk, sealed])
    await record(client, kid)
    return made
  })
}

/** The public halves that a token may be held against (RFC 7517). */
export async function publicKeys(queryable: Queryable): Promise<{ readonly keys: JWK[] }> {
  const { rows } = await queryable.query<{ jwk: string }>(
    `select public_jwk as jwk from signing_key where retired_at is null or retired_at > now() - make_interval(hours => ${TOLD_HOURS}) order by id desc`,
  )
  return { keys: rows.map(({ jwk }) => JSON.parse(jwk) as JWK) }
}

async function readCurrent(queryable: Queryable): Promise<SigningRow | null> {
  const { rows } = await queryable.query<SigningRow>('select id, private_jwk as private from signing_key where retired_at is null')
  return rows[0] ?? null
}

async function openKey(keyring: Keyring, row: SigningRow): Promise<SigningKey | null> {
  const text = keyring.open(USE, row.private)
  return text === null ? null : { kid: row.id, privateKey: (await importJWK(JSON.parse(text) as JWK, 'EdDSA')) as CryptoKey }
}
