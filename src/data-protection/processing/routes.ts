/** The records of processing, as the Unit, an auditor or a person may ask for them. */
import Type from 'typebox'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Database } from '../../db/database.ts'
import { Words } from '../../determinations/schema.ts'
import type { Words as SaidWords } from '../../language/fact-space.ts'
import { audited } from '../../http/audited.ts'
import type { DeclaredPurposes } from '../../http/declared-purposes.ts'
import type { Server } from '../../http/server.ts'
import { keptFor } from '../retention/kept-for.ts'
import { processingRegister, type ProcessingRecord } from './processing-records.ts'

/** What a custodian lets an entity read, and why. */
export interface GrantedProcessing {
  readonly id: string
  readonly consumer: string
  readonly custodian: string
  readonly registry: string | null
  readonly items: readonly string[]
  readonly purpose: string
  readonly legalBasis: string
  readonly from: string
  readonly to: string | null
}

export interface ProcessingRouteDeps {
  readonly database: Database
  readonly purposes: DeclaredPurposes
  /** Grants in force today. */
  readonly grants: () => Promise<readonly GrantedProcessing[]>
}

const Named = Type.Object({ id: Type.String(), words: Words })
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

const RecordsAnswer = Type.Object({
  records: Type.Array(
    Type.Object({
      id: Type.String(),
      purpose: Words,
      controller: Type.String(),
      legalBasis: Named,
      categories: Type.Array(Named),
      recipients: Type.Array(Named),
      retention: Type.Array(Type.Object({ table: Type.String(), words: Words })),
      operations: Type.Array(Type.String(), { description: 'routes that declare the purpose; none for what jobs do' }),
    }),
  ),
  unrecorded: Type.Array(Type.Object({ purpose: Type.String(), operations: Type.Array(Type.String()) }), {
    description: 'purposes of routes that the register lacks: empty, or the register is wrong',
  }),
  grants: Type.Array(
    Type.Object({
      id: Type.String(),
      consumer: Type.String(),
      custodian: Type.String(),
      registry: nullable(Type.String()),
      items: Type.Array(Type.String(), { description: 'columns, or facts where no registry is named' }),
      purpose: Type.String(),
      legalBasis: Type.String(),
      from: Type.String(),
      to: nullable(Type.String()),
    }),
  ),
})

export function registerProcessingRoutes(app: Server, { database, purposes, grants }: ProcessingRouteDeps): void {
  const schema = {
    tags: ['data protection'],
    summary: 'The records of processing: each purpose with its legal basis, data, recipients and retention',
    response: { 200: RecordsAnswer },
  }
  const config = { permission: 'processing-records:read', purpose: 'keeping the records of processing' } as const
  app.get('/v1/processing-records', { config, schema }, async (request) => {
    await recordEvent(database.pool, audited(request, { action: 'processing-records.read', outcome: 'read' }))
    const granted = (await grants()).map((grant) => ({ ...grant, items: [...grant.items] }))
    return {
      records: processingRegister.records.map((record) => recordAnswer(record, purposes)),
      unrecorded: unrecorded(purposes),
      grants: granted,
    }
  })
}

/** Purposes that routes declare and the register does not name. */
export function unrecorded(purposes: DeclaredPurposes): { purpose: string; operations: string[] }[] {
  const known = new Set(processingRegister.records.map(({ purpose }) => purpose.en))
  return [...purposes].flatMap(([purpose, operations]) => (known.has(purpose) ? [] : [{ purpose, operations: [...operations] }]))
}

function recordAnswer(
  { id, purpose, controller, legalBasis, categories, recipients, stores }: ProcessingRecord,
  purposes: DeclaredPurposes,
) {
  const { legalBases, categories: ofData, recipients: ofPersons } = processingRegister
  const named = (list: Readonly<Record<string, SaidWords>>) => (one: string) => ({ id: one, words: list[one] as SaidWords })
  return {
    id,
    purpose: { ...purpose },
    controller,
    legalBasis: named(legalBases)(legalBasis),
    categories: categories.map(named(ofData)),
    recipients: recipients.map(named(ofPersons)),
    retention: stores.map((table) => ({ table, words: keptFor(table) })),
    operations: [...(purposes.get(purpose.en) ?? [])],
  }
}
