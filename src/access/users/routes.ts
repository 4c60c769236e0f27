/** Users, their groups and roles: listed, made and changed by administrators. */
import type { FastifyRequest } from 'fastify'
import type { AuditEvent } from '../../audit/audit-event.ts'
import { audited } from '../../http/audited.ts'
import { principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { problem } from '../../kernel/problem.ts'
import type { AccessDeps } from '../access-deps.ts'
import { entityInSight, sees } from '../may-manage.ts'
import { allRoles, roles } from '../roles.ts'
import { IdParams, PAGE } from '../schema.ts'
import { Nothing } from '../sign-in/schema.ts'
import { listGroups } from './group-store.ts'
import { changeGroup, makeGroup, setMember } from './manage-groups.ts'
import { changeUser, makeUser, sendPasswordToken } from './manage-users.ts'
import {
  EntityQuery,
  GroupAnswer,
  GroupChangeRequest,
  GroupList,
  MemberParams,
  NewGroupRequest,
  NewUserRequest,
  RoleList,
  UserAnswer,
  UserChangeRequest,
  UserList,
  UserPage,
} from './schema.ts'
import { findUser, listUsers } from './user-store.ts'

const tags = ['users']
const reads = { permission: 'users:read' } as const
const writes = { permission: 'users:write', purpose: 'managing users' } as const
const bodyLimit = 8_192

export function registerUserRoutes(app: Server, deps: AccessDeps): void {
  registerReads(app, deps)
  registerWrites(app, deps)
  registerGroups(app, deps)
}

const events =
  (request: FastifyRequest) =>
  (action: string, objects: readonly string[]): AuditEvent =>
    audited(request, { action, outcome: 'done', objects })

function registerReads(app: Server, { database }: AccessDeps): void {
  app.get(
    '/v1/roles',
    { config: reads, schema: { tags, summary: 'The roles and what each may do', response: { 200: RoleList } } },
    async () => ({
      roles: allRoles.map((id) => ({ id, label: { en: roles[id].en, ar: roles[id].ar }, permissions: [...roles[id].permissions] })),
    }),
  )
  app.get(
    '/v1/users',
    {
      config: reads,
      schema: { tags, summary: 'Users of your entity, page by page', querystring: UserPage, response: { 200: UserList } },
    },
    async (request) => {
      const { entity, after = null } = request.query
      const users = await listUsers(database.pool, { entity: entityInSight(principalOf(request), entity), after, limit: PAGE })
      return { users, after: users.length === PAGE ? (users.at(-1)?.id ?? null) : null }
    },
  )
  app.get(
    '/v1/users/:id',
    { config: reads, schema: { tags, summary: 'A user', params: IdParams, response: { 200: UserAnswer } } },
    async (request) => {
      const user = await findUser(database.pool, request.params.id)
      if (!user || !sees(principalOf(request), user.entity)) throw problem('user-not-found')
      return user
    },
  )
}

function registerWrites(app: Server, deps: AccessDeps): void {
  app.post(
    '/v1/users',
    {
      config: writes,
      bodyLimit,
      schema: {
        tags,
        summary: 'Make a user; a token for a password is sent to the contact',
        body: NewUserRequest,
        response: { 201: UserAnswer },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const wanted = { entity: principal.entity, contact: '', language: 'ar' as const, ...request.body }
      return reply.code(201).send(await makeUser(deps, principal, wanted, events(request)))
    },
  )
  app.patch(
    '/v1/users/:id',
    {
      config: writes,
      bodyLimit,
      schema: {
        tags,
        summary: 'Change a user: name, roles, contact, disabled, second factor',
        params: IdParams,
        body: UserChangeRequest,
        response: { 200: UserAnswer },
      },
    },
    async (request) => changeUser(deps, principalOf(request), request.params.id, request.body, events(request)),
  )
  app.post(
    '/v1/users/:id/password-token',
    {
      config: writes,
      schema: { tags, summary: 'Send the user a token with which to set a password', params: IdParams, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await sendPasswordToken(deps, principalOf(request), request.params.id, events(request))
      return reply.code(204).send(null)
    },
  )
}

function registerGroups(app: Server, deps: AccessDeps): void {
  app.get(
    '/v1/groups',
    { config: reads, schema: { tags, summary: 'Groups of users', querystring: EntityQuery, response: { 200: GroupList } } },
    async (request) => ({ groups: await listGroups(deps.database.pool, entityInSight(principalOf(request), request.query.entity)) }),
  )
  app.post(
    '/v1/groups',
    { config: writes, bodyLimit, schema: { tags, summary: 'Make a group', body: NewGroupRequest, response: { 201: GroupAnswer } } },
    async (request, reply) => {
      const principal = principalOf(request)
      const wanted = { entity: principal.entity, ...request.body }
      return reply.code(201).send(await makeGroup(deps, principal, wanted, events(request)))
    },
  )
  app.patch(
    '/v1/groups/:id',
    {
      config: writes,
      bodyLimit,
      schema: { tags, summary: 'Change a group: name, roles', params: IdParams, body: GroupChangeRequest, response: { 200: GroupAnswer } },
    },
    async (request) => changeGroup(deps, principalOf(request), request.params.id, request.body, events(request)),
  )
  for (const [method, member, summary] of [
    ['PUT', true, 'Put a user into a group'],
    ['DELETE', false, 'Take a user out of a group'],
  ] as const) {
    app.route({
      method,
      url: '/v1/groups/:id/members/:user',
      config: writes,
      schema: { tags, summary, params: MemberParams, response: { 200: GroupAnswer } },
      handler: async (request) => {
        const { id: group, user } = request.params
        return setMember(deps, principalOf(request), { group, user, member }, events(request))
      },
    })
  }
}
