/** Users and groups as they are sent and told: never a password, a code or a secret. */
import Type from 'typebox'
import { closed, EntityId, Id, Instant, NewWords, NullableInstant, PermissionName, RoleName, Words } from '../schema.ts'

const Roles = Type.Array(RoleName, { maxItems: 20, uniqueItems: true })
const Names = Type.Unsafe<readonly string[]>(Type.Array(Type.String()))
const Name = Type.String({ minLength: 1, maxLength: 200 })
export const Contact = Type.String({ maxLength: 200, description: 'where codes are sent: an address or a telephone number' })
export const Language = Type.Enum(['ar', 'en'])

export const UserAnswer = Type.Object({
  id: Id,
  login: Type.String(),
  name: Type.String(),
  entity: Type.String(),
  roles: Names,
  groups: Names,
  groupRoles: Names,
  contact: Type.String(),
  language: Language,
  secondFactor: Type.Enum(['sent', 'totp']),
  hasPassword: Type.Boolean(),
  mustChangePassword: Type.Boolean(),
  createdAt: Instant,
  lastSignInAt: NullableInstant,
  disabledAt: NullableInstant,
})
export const NewUserRequest = Type.Object(
  {
    login: Type.String({ minLength: 3, maxLength: 100 }),
    name: Name,
    entity: Type.Optional(EntityId),
    roles: Roles,
    contact: Type.Optional(Contact),
    language: Type.Optional(Language),
  },
  closed,
)
export const UserChangeRequest = Type.Object(
  {
    name: Type.Optional(Name),
    roles: Type.Optional(Roles),
    contact: Type.Optional(Contact),
    language: Type.Optional(Language),
    disabled: Type.Optional(Type.Boolean()),
    endKeys: Type.Optional(Type.Literal(true, { description: 'with disabled: keys and systems that the user made end too' })),
    secondFactor: Type.Optional(Type.Literal('sent', { description: 'takes a lost authenticator out of use' })),
  },
  { ...closed, minProperties: 1 },
)
export const UserPage = Type.Object({ entity: Type.Optional(EntityId), after: Type.Optional(Id) }, closed)
export const UserList = Type.Object({ users: Type.Array(UserAnswer), after: Type.Union([Id, Type.Null()]) })

export const GroupAnswer = Type.Object({ id: Id, entity: Type.String(), name: Words, roles: Names, members: Names })
export const NewGroupRequest = Type.Object({ entity: Type.Optional(EntityId), name: NewWords, roles: Roles }, closed)
export const GroupChangeRequest = Type.Object(
  { name: Type.Optional(NewWords), roles: Type.Optional(Roles) },
  { ...closed, minProperties: 1 },
)
export const GroupList = Type.Object({ groups: Type.Array(GroupAnswer) })
export const EntityQuery = Type.Object({ entity: Type.Optional(EntityId) }, closed)
export const MemberParams = Type.Object({ id: Id, user: Id }, closed)
export const RoleList = Type.Object({
  roles: Type.Array(Type.Object({ id: RoleName, label: Words, permissions: Type.Array(PermissionName) })),
})
