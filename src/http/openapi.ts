/** OpenAPI 3.1 from the routes' own schemas, and its browsable form at /docs, which needs nothing from outside. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { problemKinds } from '../kernel/problem-table.ts'
import { problemSchema } from './problem-schema.ts'

/** The product's name in the bar of /docs. */
const logo = {
  type: 'image/svg+xml',
  content: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" width="180" height="40"><text x="0" y="28" font-family="sans-serif" font-size="24" fill="#fff">Mizan · ميزان</text></svg>',
  ),
  href: '/docs',
  target: '_self',
} as const

const securitySchemes = {
  key: { type: 'http', scheme: 'bearer', description: 'An API key of an entity, or a token from /oauth2/token.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-mizan-session',
    description: 'A user who signed in. Whatever is not GET needs X-CSRF-Token, which signing in and /v1/me tell.',
  },
} as const

export async function registerOpenapi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mizan · ميزان',
        version,
        description: 'One application in, every social-protection programme answered, with reasons. Errors: /errors.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes },
      security: [{ key: [] }, { session: [] }],
    },
    transform: ({ schema, url, route }) => ({ schema: documented(schema as FastifySchema | undefined, route), url }),
  })
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, permission: 'public' }
    })
    await docs.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, logo, uiConfig: { deepLinking: true, docExpansion: 'list' } })
    // Whoever opens the address that the start prints should see something.
    docs.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs'))
  })
}

const KNOWN_CALLER = 'For every caller who is known, without a permission.'

/** Adds what every route shares: its permission and the problem answers. */
function documented(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const permission = route.config?.permission
  const isPublic = permission === 'public'
  const note = isPublic ? 'Public.' : permission === 'authenticated' ? KNOWN_CALLER : `Permission: \`${String(permission)}\`.`
  const described = (schema ?? {}) as FastifySchema & { description?: string; response?: Record<string, unknown> }
  return {
    ...described,
    description: [described.description, note].filter(Boolean).join('\n\n'),
    response: { ...described.response, default: problemSchema },
    ...(isPublic ? { security: [] } : {}),
  } as FastifySchema
}

/** docs/reference/errors.md, generated: a test compares it with the file. */
export function errorsReference(): string {
  const rows = Object.entries(problemKinds).map(
    ([code, { status, title, hint }]) => `| \`${code}\` | ${status} | ${title.en}. ${hint.en} | ${title.ar}. ${hint.ar} |`,
  )
  return [
    '# Errors',
    '',
    'Every refusal is `application/problem+json` (RFC 9457) with a stable `code`, a `hint`, where one applies a `pointer` (a JSON Pointer into the body,',
    'or the name of a header or parameter) and what was `expected`, and the `requestId`. `Accept-Language: ar` gives title and hint in Arabic.',
    'No answer repeats a value that was sent. This page is written by `npm run openapi` from `src/kernel/problem-table.ts`.',
    '',
    '| code | status | English | العربية |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}
