/** Whose address is kept from others: said and ended by protection officers, by National ID; never listed. */
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { NationalId } from '../../determinations/schema.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { personOf } from '../../warehouse/identity-vault.ts'
import { endShelter, shelter } from './sheltered-store.ts'

const tags = ['data protection']
const config = { permission: 'sheltered:write', purpose: 'keeping the addresses of sheltered persons from others' } as const
const body = Type.Object(
  { nationalIds: Type.Array(NationalId, { minItems: 1, maxItems: 50, uniqueItems: true }) },
  { additionalProperties: false },
)
const response = { 204: Type.Null() }
const BODY_BYTES = 4_096

export function registerShelterRoutes(app: Server, { database }: { readonly database: Database }): void {
  const said = {
    tags,
    summary: 'Say that persons are sheltered: where they live is kept from others',
    description:
      'At once, in every list, explanation, query and file. Children who live with a sheltered parent are named too. No reason is kept.',
    body,
    response,
  }
  app.post('/v1/sheltered-persons', { config, schema: said, bodyLimit: BODY_BYTES }, async (request, reply) => {
    const persons = await knownPersons(database, request, request.body.nationalIds)
    const { id: by, entity } = principalOf(request)
    await database.transaction(async ({ client }) => {
      for (const personRef of persons) {
        await shelter(client, personRef, { by, entity })
        await recordEvent(client, audited(request, { action: 'address.kept', personRef, outcome: 'kept' }))
      }
    })
    return reply.code(204).send(null)
  })
  const ended = {
    tags,
    summary: 'End what the own entity said of persons',
    description: 'What another entity said, or a case of a registry says, goes on.',
    body,
    response,
  }
  app.post('/v1/sheltered-persons/end', { config, schema: ended, bodyLimit: BODY_BYTES }, async (request, reply) => {
    const persons = await knownPersons(database, request, request.body.nationalIds)
    const { id: by, entity } = principalOf(request)
    await database.transaction(async ({ client }) => {
      for (const [index, personRef] of persons.entries()) {
        if (!(await endShelter(client, personRef, { by, entity }))) throw problem('not-sheltered', { pointer: `/nationalIds/${index}` })
        await recordEvent(client, audited(request, { action: 'address.kept', personRef, outcome: 'ended' }))
      }
    })
    return reply.code(204).send(null)
  })
}

/** All of them or none: a family is not half sheltered because of a slip. */
async function knownPersons({ pool }: Database, request: FastifyRequest, numbers: readonly string[]): Promise<number[]> {
  const persons: number[] = []
  for (const [index, number] of numbers.entries()) {
    const personRef = await personOf(pool, number)
    if (personRef === null) {
      await recordEvent(pool, audited(request, { action: 'address.kept', outcome: 'person-not-found', read: ['identity'] }))
      throw problem('person-not-found', { pointer: `/nationalIds/${index}` })
    }
    persons.push(personRef)
  }
  return persons
}
