/** What the routes of reference samples take and answer. */
import Type from 'typebox'
import { SampleColumnsSchema } from '../fit/sample-columns.ts'
import type { FaultCount } from './read-upload.ts'
import type { StoredSample } from './sample-store.ts'
import { SYNTHETIC_STAMP } from './synthetic-stamp.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const FACTS_MAX = 500
const column = { minLength: 1, maxLength: 200 } as const

export const SampleParams = Type.Object({ sample: Type.String({ format: 'uuid' }) }, closed)

export const SampleDeclarationSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    source: Type.String({ minLength: 1, maxLength: 1_000, description: 'where it comes from, as a publication would cite it' }),
    synthetic: Type.Boolean({ description: 'whether nobody was asked: what is measured on it is stamped so' }),
    columns: Type.Object(
      {
        welfare: Type.String({ ...column, description: 'the column of the file that holds measured welfare' }),
        weight: Type.Optional(Type.String(column)),
        stratum: Type.Optional(Type.String(column)),
        cluster: Type.Optional(Type.String({ ...column, description: 'primary sampling unit' })),
        facts: Type.Record(Type.String(), Type.String(column), {
          minProperties: 1,
          maxProperties: FACTS_MAX,
          description: 'column of the file by fact of the catalogue',
        }),
        unknown: Type.Optional(
          Type.Array(Type.String({ maxLength: 100 }), {
            maxItems: 20,
            description: 'texts that stand for an unknown value besides the empty one',
          }),
        ),
        delimiter: Type.Optional(SampleColumnsSchema.properties.delimiter),
      },
      closed,
    ),
  },
  closed,
)
export type SampleDeclaration = Type.Static<typeof SampleDeclarationSchema>

export const WordsSchema = Type.Object({ en: Type.String(), ar: Type.String() })

export const SampleAnswer = Type.Object({
  id: Type.String({ format: 'uuid' }),
  name: Type.String(),
  source: Type.String(),
  synthetic: Type.Boolean(),
  stamp: Nullable(WordsSchema),
  columns: Type.Unknown({ description: 'as they were declared' }),
  createdAt: Type.String({ format: 'date-time' }),
  storedAt: Nullable(Type.String({ format: 'date-time', description: 'null until the rows are sent' })),
  contentHash: Nullable(Type.String({ description: 'SHA-256 of the rows that are kept' })),
  fileHash: Nullable(Type.String({ description: 'SHA-256 of the file as it was sent' })),
  fileBytes: Nullable(Type.Integer()),
  rowsUsed: Nullable(Type.Integer()),
  rowsFaulty: Nullable(Type.Integer()),
  faultCounts: Nullable(
    Type.Array(Type.Object({ column: Type.String(), reason: Type.String(), rows: Type.Integer() }), {
      description: 'rows by column and reason; a row can have several',
    }),
  ),
  versionSet: Nullable(Type.String({ description: 'the versions by whose catalogue it was read' })),
})

export function sampleAnswer({
  actor: _actor,
  entity: _entity,
  faultsHash: _faultsHash,
  columns,
  faultCounts,
  ...shown
}: StoredSample): Type.Static<typeof SampleAnswer> {
  return {
    ...shown,
    stamp: shown.synthetic ? SYNTHETIC_STAMP : null,
    columns: JSON.parse(columns) as unknown,
    faultCounts: faultCounts === null ? null : (JSON.parse(faultCounts) as FaultCount[]),
  }
}
