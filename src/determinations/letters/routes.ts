/** Letters to persons, which no organisation that asks for them can read, and the keys that they are sealed for. */
import { recordEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { sha256 } from '../../kernel/canonical.ts'
import { problem } from '../../kernel/problem.ts'
import { programmeOf } from '../../programmes/bundle.ts'
import { entities } from '../../warehouse/shared-lists.ts'
import type { DeterminationDeps } from '../determine-household.ts'
import { readDetermination } from '../determination-store.ts'
import { recall } from '../recall.ts'
import { resolveMember } from '../resolve-household.ts'
import { IdParams } from '../schema.ts'
import { readerOf } from '../visible-facts.ts'
import { addDeliveryKey, deliveryKeys, revokeDeliveryKey } from './delivery-keys.ts'
import { DeliveryKeyMade, DeliveryKeyRequest, DeliveryKeyRevoked, DeliveryKeysAnswer, LetterAnswer, LetterRequest } from './schema.ts'
import { isPublicKey, sealLetter } from './seal-letter.ts'
import { writeLetter } from './write-letter.ts'

type Deps = Pick<DeterminationDeps, 'database' | 'versions'>

const tags = ['letters']
const MAX_BODY_BYTES = 4_096

export function registerLetterRoutes(app: Server, deps: Deps): void {
  registerKeys(app, deps)
  registerLetter(app, deps)
}

function registerKeys(app: Server, { database }: Deps): void {
  const config = { permission: 'letters:keys', purpose: 'naming who delivers letters to persons' } as const
  const added = {
    tags,
    summary: 'Add the public key of an entity that delivers letters',
    body: DeliveryKeyRequest,
    response: { 201: DeliveryKeyMade },
  }
  app.post('/v1/letter-delivery-keys', { config, schema: added, bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    const { entity, name, publicKey } = request.body
    if (!entities.some(({ id }) => id === entity))
      throw problem('request-invalid', { pointer: '/entity', expected: 'an entity of the registry' })
    if (!(await isPublicKey(publicKey))) throw problem('request-invalid', { pointer: '/publicKey', expected: 'a point of the curve P-256' })
    const id = await database.transaction(async ({ client }) => {
      const made = await addDeliveryKey(client, { entity, name, publicKey, addedBy: principalOf(request).id })
      const event = { action: 'letter-key.added', outcome: entity, objects: [`letter-key:${made}`] }
      await recordEvent(client, audited(request, event))
      return made
    })
    return reply.code(201).send({ id, entity, name })
  })
  const listed = { tags, summary: 'Who delivers letters', response: { 200: DeliveryKeysAnswer } }
  app.get('/v1/letter-delivery-keys', { config: { permission: 'letters:write' }, schema: listed }, async () => ({
    keys: (await deliveryKeys(database.pool)).map(({ id, entity, name }) => ({ id, entity, name })),
  }))
  const revoked = {
    tags,
    summary: 'Revoke the key of an entity that delivers letters',
    description: 'Without a body. Nothing is sealed for it any more; what was sealed before stays so.',
    params: IdParams,
    response: { 200: DeliveryKeyRevoked },
  }
  app.post('/v1/letter-delivery-keys/:id/revoke', { config, schema: revoked, bodyLimit: 1_024 }, async (request) => {
    const { id } = request.params
    await database.transaction(async ({ client }) => {
      if (!(await revokeDeliveryKey(client, id, principalOf(request).id))) throw problem('letter-key-unknown')
      await recordEvent(client, audited(request, { action: 'letter-key.revoked', outcome: 'revoked', objects: [`letter-key:${id}`] }))
    })
    return { id, revoked: true }
  })
}

function registerLetter(app: Server, { database, versions }: Deps): void {
  const schema = {
    tags,
    summary: 'The whole explanation as a sealed letter to the person',
    description:
      'Whatever grants the asking organisation has: the person is told everything. The letter is encrypted for the entity that delivers it, which is ' +
      'never the one that asks nor the programme’s agency. To the applicant, or to the member whose number is given.',
    params: IdParams,
    body: LetterRequest,
    response: { 201: LetterAnswer },
  }
  const config = { permission: 'letters:write', purpose: 'telling a person the reasons of a determination' } as const
  app.post('/v1/determinations/:id/letter', { config, schema, bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
    const { nationalId, deliveryKey } = request.body
    const asking = principalOf(request)
    const stored = await readDetermination(database.pool, request.params.id)
    if (!stored) throw problem('determination-not-found')
    const [key] = await deliveryKeys(database.pool, deliveryKey)
    if (!key) throw problem('letter-key-unknown', { pointer: '/deliveryKey' })
    const recalled = await recall(versions, stored)
    const agency = programmeOf(recalled.bundle, stored.programme)?.programme.source.agency
    if (key.entity === asking.entity || key.entity === agency || key.addedBy === asking.id)
      throw problem('letter-not-sealed-from-asker', { pointer: '/deliveryKey' })
    const about = (personRef: number | null, outcome: string, objects: readonly string[] = []) =>
      audited(request, {
        action: 'letter.sealed',
        ...(personRef === null ? {} : { personRef }),
        householdRef: stored.householdRef,
        outcome,
        read: [`facts:${stored.versionSet}`],
        objects: [`determination:${stored.id}`, `letter-key:${key.id}`, ...objects],
      })
    const isMember = (personRef: number): boolean => readerOf(recalled.assembled, personRef) !== null
    const refused = (code: string, personRef: number | null): Promise<string> => recordEvent(database.pool, about(personRef, code))
    const addressee = nationalId === undefined ? stored.askedRef : await resolveMember(database.pool, nationalId, isMember, refused)
    if (!isMember(addressee)) {
      await refused('reader-not-member', addressee)
      throw problem('reader-not-member')
    }
    const sealed = await sealLetter(await writeLetter(recalled, addressee), key, stored.id)
    await recordEvent(database.pool, about(addressee, 'sealed', [`sealed:${sha256(sealed)}`]))
    return reply.code(201).send({ determination: stored.id, addressee, deliveredBy: key.entity, deliveryKey: key.id, sealed })
  })
}
