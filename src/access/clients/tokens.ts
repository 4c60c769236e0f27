/** Short tokens of systems: JWTs (RFC 9068) signed with Ed25519, good for some minutes and for no longer than their client is. */
import { decodeProtectedHeader, errors, importJWK, jwtVerify, SignJWT } from 'jose'
import type { JWTPayload } from 'jose'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Queryable } from '../../db/queryable.ts'
import { newId } from '../../kernel/new-id.ts'
import { eventOf } from '../access-deps.ts'
import type { AccessDeps, Asked } from '../access-deps.ts'
import { isPermission } from '../permissions.ts'
import type { Permission } from '../permissions.ts'
import type { Principal } from '../principal.ts'
import { remembered } from '../remembered.ts'
import type { Remembered } from '../remembered.ts'
import { clientWithSecret, findClient, noteUse } from './client-store.ts'
import { currentSigningKey, publicKeys } from './signing-keys.ts'

const ISSUER = 'mizan'

export interface IssuedToken {
  readonly token: string
  readonly expiresInSeconds: number
  readonly scope: readonly Permission[]
}

/** `scope`: some of the client's permissions; null for all of them. */
export interface TokenRequest {
  readonly client: string
  readonly secret: string
  readonly scope: readonly string[] | null
}

/** A token, or why there is none: one word for an unknown client, a wrong or old secret and a client that was ended. */
export async function issueToken(
  deps: AccessDeps,
  { client: id, secret, scope }: TokenRequest,
  asked: Asked,
): Promise<IssuedToken | 'invalid_client' | 'invalid_scope'> {
  const { database, limits } = deps
  const client = await clientWithSecret(database.pool, id, secret)
  const granted =
    client && (scope ?? client.permissions).filter((word): word is Permission => isPermission(word) && client.permissions.includes(word))
  const refused = !client || !granted ? 'invalid_client' : scope && granted.length !== scope.length ? 'invalid_scope' : null
  const signing = refused ? null : await currentSigningKey(database, await deps.keyring())
  await database.transaction(async ({ client: transaction }) => {
    await recordEvent(transaction, eventOf(asked, client, 'token.issued', refused ?? 'issued'))
    if (client && !refused) await noteUse(transaction, client.id)
  })
  if (refused || !signing || !client || !granted) return refused ?? 'invalid_client'
  const token = await new SignJWT({ client_id: client.id, scope: granted.join(' '), entity: client.entity })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: signing.kid })
    .setIssuer(ISSUER)
    .setAudience(ISSUER)
    .setSubject(client.id)
    .setIssuedAt()
    .setExpirationTime(`${limits.tokenSeconds}s`)
    .setJti(newId())
    .sign(signing.privateKey)
  return { token, expiresInSeconds: limits.tokenSeconds, scope: granted }
}

/** Finds the holder of a token: what it was given for, as far as its client still has it. Null for one that is not ours, or has ended. */
export function tokenFinder(queryable: Queryable): Remembered<Principal> {
  const client = remembered((id) => findClient(queryable, id))
  const publicKey = remembered(async (kid) => {
    const jwk = (await publicKeys(queryable)).keys.find((key) => key.kid === kid)
    return jwk ? importJWK(jwk, 'EdDSA') : null
  })
  const find = async (token: string): Promise<Principal | null> => {
    const payload = await verified(token, publicKey)
    const found = payload && typeof payload.sub === 'string' ? await client(payload.sub) : null
    if (!found || found.disabledAt) return null
    const scope = String(payload?.['scope']).split(' ')
    const permissions = new Set(found.permissions.filter((permission) => scope.includes(permission)))
    return { id: found.id, name: found.name, entity: found.entity, kind: 'client', permissions }
  }
  const forget = (): void => {
    client.forget()
    publicKey.forget()
  }
  return Object.assign(find, { forget })
}

type KeyOf = (kid: string) => Promise<Awaited<ReturnType<typeof importJWK>> | null>

async function verified(token: string, keyOf: KeyOf): Promise<JWTPayload | null> {
  const kid = kidOf(token)
  const key = kid === null ? null : await keyOf(kid)
  if (!key) return null
  try {
    const { payload } = await jwtVerify(token, key, { issuer: ISSUER, audience: ISSUER, algorithms: ['EdDSA'], typ: 'at+jwt' })
    return payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return null
    throw error
  }
}

/** Null for what is no token at all. */
function kidOf(token: string): string | null {
  try {
    const { kid } = decodeProtectedHeader(token)
    return typeof kid === 'string' ? kid : null
  } catch {
    return null
  }
}
