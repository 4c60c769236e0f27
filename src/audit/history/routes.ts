/** "Who looked at my data": a person's own access history, asked by National ID in the body, and itself on record. */
import Type from 'typebox'
import { audited } from '../../http/audited.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import { nameOfActor } from '../actor.ts'
import { recordEvent } from '../audit-event.ts'
import { openCursor, writeCursor } from '../cursor.ts'
import type { AuditDeps } from '../routes.ts'
import { AUDIT_PAGE } from '../schema.ts'
import { accessHistory, type Subject } from './access-history.ts'
import { actorKindWords, type Words, wordsOfAction } from './history-words.ts'

export interface HistoryDeps extends AuditDeps {
  /** Null for a number that nobody has. The first reference is the present one. */
  readonly subjectOf: (nationalId: string) => Promise<Subject | null>
  readonly entityNames: (ids: readonly string[]) => Promise<ReadonlyMap<string, Words>>
  /** As the records of processing put it; a query's purpose is its author's own text. */
  readonly purposeWords: (purpose: string) => Words
  /** The facts that were read with a set of versions, by id and label. */
  readonly factsOf: (versionSet: string) => Promise<readonly { readonly id: string; readonly label: Words }[]>
}

const closed = { additionalProperties: false } as const
const Text = Type.Object({ en: Type.String(), ar: Type.String() })
const HistoryRequest = Type.Object(
  {
    nationalId: Type.String({ format: 'national-id' }),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
  },
  closed,
)
const Fact = Type.Object({ id: Type.String(), label: Text })
const HistoryAnswer = Type.Object({
  accesses: Type.Array(
    Type.Object({
      id: Type.String({ format: 'uuid', description: 'of the event in the audit log' }),
      at: Type.String({ format: 'date-time' }),
      action: Type.Object({ code: Type.String(), text: Text }),
      entity: Type.Object({ id: Type.String(), names: Text }),
      who: Type.Object({ kind: Type.Enum(['user', 'key', 'client', 'service']), text: Text }),
      purpose: Text,
      about: Type.Enum(['person', 'household'], { description: 'household: of the household while the person belonged to it' }),
      read: Type.Array(Type.String({ description: 'a column as registry.column, a kind of record, or `facts:` and a set of versions' })),
    }),
  ),
  facts: Type.Record(Type.String(), Type.Array(Fact), { description: 'the facts behind each `facts:` of `read`' }),
  next: Type.Union([Type.String(), Type.Null()], { description: 'cursor of the next page; null on the last' }),
  note: Text,
})

const note = {
  en: 'Runs over the whole population, loads of registries and aggregates are not about one person and are not listed here. People who work for an entity are not named; the auditor can name them by the id of the event.',
  ar: 'لا تُدرج هنا عمليات الترتيب على السكان كافة ولا تحميل السجلات ولا المجاميع لأنها لا تخص شخصًا بعينه. ولا تُذكر أسماء العاملين في الجهات، ويستطيع المراجع معرفتهم برقم القيد.',
}

export function registerHistoryRoute(app: Server, deps: HistoryDeps): void {
  const { pool } = deps.database
  const schema = {
    tags: ['audit'],
    summary: 'Who looked at a person’s data, when and why',
    description:
      'By National ID, under whichever number the person was known. Values, and what the events say of others, are not told. This question is on record, too.',
    body: HistoryRequest,
    response: { 200: HistoryAnswer },
  }
  const config = { permission: 'audit:history', purpose: 'telling a person who used the data about that person' } as const
  app.post('/v1/audit/access-history', { config, schema, bodyLimit: 4_096 }, async (request) => {
    const { nationalId, limit = AUDIT_PAGE, cursor } = request.body
    const subject = await deps.subjectOf(nationalId)
    const event = { action: 'access-history.read', read: ['audit_event'] }
    if (!subject) {
      await recordEvent(pool, audited(request, { ...event, outcome: 'person-not-found' }))
      throw problem('person-not-found', { pointer: '/nationalId' })
    }
    const [personRef] = subject.personRefs as [number]
    const question = { personRef }
    const before = cursor === undefined ? undefined : openCursor(cursor, question)
    if (before === null) throw problem('cursor-unknown', { pointer: '/cursor' })
    const found = await accessHistory(pool, subject, { before, limit: limit + 1 })
    const shown = found.slice(0, limit)
    await recordEvent(pool, audited(request, { ...event, personRef, outcome: `${shown.length} accesses` }))
    const actors = await deps.actorNames(shown.map(({ actor }) => actor))
    const names = await deps.entityNames(shown.map(({ entity }) => entity))
    return {
      accesses: shown.map(({ action, actor, entity, purpose, read, ...access }) => {
        const { kind } = nameOfActor(actors, actor)
        return {
          ...access,
          action: { code: action, text: wordsOfAction(action) },
          entity: { id: entity, names: names.get(entity) ?? { en: entity, ar: entity } },
          who: { kind, text: actorKindWords[kind] },
          purpose: deps.purposeWords(purpose),
          read: [...read],
        }
      }),
      facts: await factsRead(
        deps,
        shown.flatMap(({ read }) => read),
      ),
      next: found.length > limit ? writeCursor((shown.at(-1) as { id: string }).id, question) : null,
      note,
    }
  })
}

async function factsRead({ factsOf }: HistoryDeps, read: readonly string[]) {
  const sets = [...new Set(read.flatMap((item) => /^facts:([0-9a-f]{64})$/.exec(item)?.[1] ?? []))]
  const entries = await Promise.all(
    sets.map(async (set) => {
      const facts = await factsOf(set)
      return [`facts:${set}`, facts.map(({ id, label }) => ({ id, label: { en: label.en, ar: label.ar } }))] as const
    }),
  )
  return Object.fromEntries(entries)
}
