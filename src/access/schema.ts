/** Shapes that the routes of access share. */
import Type from 'typebox'
import { allPermissions } from './permissions.ts'
import { allRoles } from './roles.ts'

export const closed = { additionalProperties: false } as const
export const Id = Type.String({ format: 'uuid' })
export const IdParams = Type.Object({ id: Id }, closed)
export const EntityId = Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{1,19}$' })
export const Words = Type.Object({ en: Type.String(), ar: Type.String() })
export const NewWords = Type.Object(
  { en: Type.String({ minLength: 1, maxLength: 200 }), ar: Type.String({ minLength: 1, maxLength: 200 }) },
  closed,
)
export const PermissionName = Type.Enum([...allPermissions])
export const RoleName = Type.Enum([...allRoles])
/** Instants leave as text (ISO 8601). */
export const Instant = Type.Unsafe<Date>(Type.String({ format: 'date-time' }))
export const NullableInstant = Type.Unsafe<Date | null>({ type: ['string', 'null'], format: 'date-time' })
export const Page = Type.Object({ entity: Type.Optional(EntityId), before: Type.Optional(Id) }, closed)
export const Overlap = Type.Object(
  {
    overlapHours: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 720, description: 'hours in which the old one still works; 24 unless said otherwise' }),
    ),
  },
  closed,
)
export const OVERLAP_HOURS = 24
export const PAGE = 100
