/** Who a principal is, as it is told to itself. */
import type { Principal } from '../principal.ts'
import { isRole } from '../roles.ts'
import { csrfTokenOf } from '../sign-in/session-store.ts'

export const tellMe = (principal: Principal, token: string | null) => ({
  id: principal.id,
  kind: principal.kind,
  name: principal.name,
  entity: principal.entity,
  roles: (principal.roles ?? []).filter(isRole),
  groups: [...(principal.groups ?? [])],
  permissions: [...principal.permissions].toSorted(),
  mustChangePassword: principal.mustChangePassword ?? false,
  csrfToken: token === null ? null : csrfTokenOf(token),
})
