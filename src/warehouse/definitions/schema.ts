/** What the routes of registry definitions take and answer. */
import Type from 'typebox'

const closed = { additionalProperties: false } as const
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const DefinitionBody = Type.Object(
  {
    definition: Type.Unknown({
      description: 'a registry definition: docs/how-to/add-a-registry.md; all that is wrong with it is told with its place',
    }),
  },
  closed,
)

export const DefinedAnswer = Type.Object({
  id: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  hash: Type.String({ description: 'SHA-256 of the canonical JSON (RFC 8785); the ETag' }),
})

export const VersionParams = Type.Object(
  { registry: Type.String({ pattern: '^[a-z][a-z0-9_]{0,62}$' }), version: Type.Integer({ minimum: 1, maximum: 1_000_000 }) },
  closed,
)

const VersionNamed = Type.Object({
  ...DefinedAnswer.properties,
  origin: Type.String({ description: '`shipped`, or who defined it' }),
  entity: Nullable(Type.String()),
  definedAt: Nullable(Type.String({ format: 'date-time', description: 'null: shipped, and not stored yet' })),
})
export const DefinitionAnswer = Type.Object({ ...VersionNamed.properties, definition: Type.Unknown(), versions: Type.Array(VersionNamed) })
export const OneVersionAnswer = Type.Object({ ...VersionNamed.properties, definition: Type.Unknown() })
export const MatchHeaders = Type.Object({
  'if-match': Type.Optional(Type.String({ maxLength: 80, description: 'the ETag of the definition that this one follows' })),
})
