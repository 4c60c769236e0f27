/** Shapes of drafts and of what a check of them finds. */
import Type from 'typebox'
import { diagnosticSchema } from '../../../kernel/diagnostic-schema.ts'
import { authoredKinds } from './authored-kinds.ts'

const closed = { additionalProperties: false } as const
export const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])

export const KindSchema = Type.Enum([...authoredKinds])
/** ASCII, so that no two ids look alike; of cases, what they belong to. */
export const ObjectIdSchema = Type.String({
  pattern: '^((programme|formula)/)?[A-Za-z][A-Za-z0-9_-]{0,63}$',
  maxLength: 80,
  description: 'the id of the object; of cases `programme/<id>` or `formula/<id>` (in an address `programme%2F<id>`)',
})
export const ObjectParams = Type.Object({ kind: KindSchema, id: ObjectIdSchema }, closed)
export const EtagSchema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the text as it is written' })
export const DaySchema = Type.String({ format: 'date' })

export const DraftBody = Type.Object(
  {
    source: nullable(
      Type.String({
        maxLength: 65_536,
        description: 'the text, kept byte for byte; null takes the object out of force',
      }),
    ),
  },
  closed,
)

export const DraftAnswer = Type.Object({
  kind: KindSchema,
  id: Type.String(),
  source: nullable(Type.String()),
  etag: EtagSchema,
  changeSet: nullable(Type.String({ format: 'uuid' })),
  changedAt: Type.String({ format: 'date-time' }),
})

export const DraftListAnswer = Type.Object({ drafts: Type.Array(DraftAnswer) })
export const MatchHeaders = Type.Object({
  'if-match': Type.Optional(Type.String({ maxLength: 80, description: 'the ETag of the draft that is replaced; left out for a new one' })),
})

export const CheckBody = Type.Object(
  {
    effectiveFrom: DaySchema,
    drafts: Type.Optional(Type.Array(Type.Object({ kind: KindSchema, id: ObjectIdSchema }, closed), { minItems: 1, maxItems: 200 })),
  },
  closed,
)

export const VersionNamed = Type.Object({ kind: Type.String(), id: Type.String(), version: Type.Integer(), hash: Type.String() })
export const CheckAnswer = Type.Object({
  diagnostics: Type.Array(diagnosticSchema),
  findings: Type.Integer({ description: 'all of them; at most 500 are listed' }),
  cases: Type.Array(Type.Object({ of: Type.String(), id: Type.String(), passed: Type.Boolean(), differences: Type.Array(Type.String()) })),
  conditions: Type.Array(
    Type.Object({
      programme: Type.String(),
      pointer: Type.String(),
      definition: nullable(Type.String({ description: 'the shared definition that holds the condition' })),
      fact: Type.String(),
      canBe: Type.Array(Type.Enum(['true', 'false', 'unknown'])),
      whenTrue: Type.Integer({ description: 'cases in which it is true' }),
      whenFalse: Type.Integer(),
      whenUnknown: Type.Integer(),
      unnoticed: Type.Array(Type.Enum(['raised', 'lowered']), { description: 'ways in which its limit could move by one step unnoticed' }),
    }),
    { description: 'how far the cases try each condition of the programmes of which something is changed' },
  ),
  programmes: Type.Array(Type.String(), { description: 'programmes of which something is changed' }),
  versions: Type.Array(VersionNamed, { description: 'what would come into force, with its numbers' }),
})
