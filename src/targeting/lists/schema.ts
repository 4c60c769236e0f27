/** What the routes of runs and ranked lists take and answer. */
import Type from 'typebox'
import { WithheldFacts } from '../../determinations/schema.ts'
import { LIST_FORMATS } from './exports/export-format.ts'
import { REASONS, STATUSES } from '../outcome.ts'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const ProgrammeParams = Type.Object({ programme: Type.String({ maxLength: 100 }) }, closed)
export const RunListParams = Type.Object({ run: Type.String({ format: 'uuid' }), programme: Type.String({ maxLength: 100 }) }, closed)

export const ListQuery = Type.Object(
  {
    governorate: Type.Optional(Type.String({ maxLength: 10, description: 'code' })),
    liwa: Type.Optional(Type.String({ maxLength: 10, description: 'code of the district' })),
    kada: Type.Optional(Type.String({ maxLength: 10, description: 'code of the sub-district' })),
    branchOffice: Type.Optional(Type.String({ maxLength: 20, description: 'code of the office of the National Aid Fund' })),
    status: Type.Optional(Type.Enum([...STATUSES])),
    tier: Type.Optional(Type.Integer({ minimum: 0, maximum: 254, description: 'priority tier, from 0' })),
    percentileFrom: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    percentileTo: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    dependsOnMissing: Type.Optional(Type.Boolean({ description: 'units whose selection hangs on missing facts: verify first' })),
    missingFact: Type.Optional(
      Type.String({
        maxLength: 100,
        pattern: '^[a-zA-Z][a-zA-Z0-9]*$',
        description: 'id of a fact: units that depend on it, unknown as it is',
      }),
    ),
    householdRef: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'the units of one household' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: 'units of a page; 50 unless named' })),
    cursor: Type.Optional(Type.String({ maxLength: 200, description: '`next` of the page before' })),
    format: Type.Optional(
      Type.Enum([...LIST_FORMATS], { description: 'instead of the header `Accept`; all but `json` are the whole list as a file' }),
    ),
    lang: Type.Optional(Type.Enum(['ar', 'en'], { description: 'language of the headers of a workbook, `en` unless named' })),
    fields: Type.Optional(Type.String({ maxLength: 400, description: 'names of a unit, separated by commas; all unless named' })),
  },
  closed,
)

export const UnitAnswer = Type.Object({
  position: Type.Integer({ description: "place in the programme's order, from 1" }),
  householdRef: Type.Integer(),
  personRef: Nullable(Type.Integer()),
  governorate: Nullable(Type.String()),
  liwa: Nullable(Type.String({ description: 'district; null where unknown, and in lists made before it was kept' })),
  kada: Nullable(Type.String({ description: 'sub-district' })),
  branchOffice: Nullable(Type.String({ description: 'office of the National Aid Fund that serves the district' })),
  tier: Nullable(Type.Integer()),
  score: Nullable(Type.String({ description: 'points, with six places' })),
  scoreLo: Nullable(Type.String()),
  scoreHi: Nullable(Type.String()),
  nationalRank: Nullable(Type.Integer({ description: 'equal scores share a rank' })),
  governorateRank: Nullable(Type.Integer()),
  percentile: Nullable(Type.Integer({ description: 'ceil(100 × rank / n) of households' })),
  personPercentile: Nullable(Type.Integer({ description: 'the same weighted by persons: among all persons of the population' })),
  benefit: Nullable(Type.String({ description: 'JOD for the targeting period' })),
  applicationDate: Nullable(Type.String({ format: 'date' })),
  status: Type.Enum([...STATUSES]),
  reason: Type.Enum([...REASONS]),
  dependsOnMissing: Type.Boolean(),
  missingFacts: Nullable(
    Type.Array(Type.String(), { description: 'facts to verify first, of a unit that depends on missing ones; else null' }),
  ),
})

export const ListAnswer = Type.Object({
  programme: Type.String(),
  unit: Type.Enum(['household', 'person']),
  run: Type.String({ format: 'uuid' }),
  asOf: Type.String({ format: 'date' }),
  cycle: Type.String({ description: 'published word of the tie-break' }),
  versionSet: Type.String(),
  snapshot: Type.String(),
  rootHash: Nullable(Type.String({ description: "SHA-256 of the list's rows in order; null where its counts are withheld" })),
  publishedAt: Type.String({ format: 'date-time' }),
  counts: Nullable(
    Type.Object(
      { eligible: Type.Integer(), selected: Type.Integer(), waitlisted: Type.Integer(), leftOut: Type.Integer() },
      { description: 'null where the status of its units is withheld' },
    ),
  ),
  spent: Nullable(Type.String({ description: 'JOD for the targeting period; null where the status or benefit of its units is withheld' })),
  frozen: Nullable(
    Type.Object(
      { at: Type.String({ format: 'date-time' }), by: Type.String(), signature: Type.String() },
      { description: 'for hand-over, by POST .../ranked-list/freeze; null while nobody froze it' },
    ),
  ),
  withheldFields: Type.Array(Type.String(), {
    description: 'fields of a unit that are left out, because they are made of facts that the asking organisation is not granted',
  }),
  withheldFacts: WithheldFacts,
  units: Type.Array(Type.Partial(UnitAnswer)),
  next: Nullable(Type.String({ description: 'cursor of the next page; null on the last' })),
})
