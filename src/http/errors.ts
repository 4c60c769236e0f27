/** Every refusal leaves as application/problem+json (RFC 9457), in the language the client prefers, without a value it sent. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { withoutNationalIds } from '../kernel/national-id.ts'
import { problem, Problem } from '../kernel/problem.ts'
import type { ProblemCode } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { problemOfDatabase } from '../db/sqlstate.ts'
import { problemOfValidation } from './validator.ts'

export type Language = 'en' | 'ar'

export function registerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answerWithProblem(request, reply, error))
  app.setNotFoundHandler((request, reply) => answerWithProblem(request, reply, problem('route-not-found')))
}

export function answerWithProblem(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  // Whoever hung up in the middle of a request is no failure of ours.
  const hungUp = request.raw.destroyed && !request.raw.complete
  const found = hungUp ? problem('request-malformed') : problemOf(error)
  const { status } = problemKinds[found.code]
  if (status >= 500) request.log.error({ err: error, code: found.code }, 'request failed')
  const language = preferredLanguage(request.headers['accept-language'])
  if (found.parts.retryAfterSeconds !== undefined) reply.header('retry-after', String(found.parts.retryAfterSeconds))
  if (status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(status)
    .header('content-language', language)
    .header('vary', 'Accept-Language')
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemBody(found, language, request.routeOptions.url ?? '', request.id))
}

/** The members of the answer; `instance` is the route's pattern, because a path may hold an identifier. */
export function problemBody(found: Problem, language: Language, instance: string, requestId: string): Record<string, unknown> {
  const { status, title, hint } = problemKinds[found.code]
  const { detail, pointer, expected, errors, applicationId } = found.parts
  return {
    type: `/errors#${found.code}`,
    title: title[language],
    status,
    code: found.code,
    ...(detail === undefined ? {} : { detail: withoutNationalIds(detail) }),
    hint: hint[language],
    // A key that a client wrote may be a number.
    ...(pointer === undefined ? {} : { pointer: withoutNationalIds(pointer) }),
    ...(expected === undefined ? {} : { expected }),
    ...(errors === undefined
      ? {}
      : {
          errors: errors.map((one) => ({ ...one, pointer: withoutNationalIds(one.pointer), message: withoutNationalIds(one.message) })),
        }),
    ...(applicationId === undefined ? {} : { applicationId }),
    instance,
    requestId,
  }
}

/** The first of the client's languages that we speak; English when it names none. */
export function preferredLanguage(header: string | undefined): Language {
  for (const part of (header ?? '').split(',')) {
    const tag = part.trim().slice(0, 2).toLowerCase()
    if (tag === 'ar' || tag === 'en') return tag
  }
  return 'en'
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { validation, validationContext, code } = error as Partial<FastifyError>
  if (validation) return problemOfValidation(validation, validationContext ?? 'body')
  const known = code === undefined ? undefined : frameworkCodes[code]
  if (known) return problem(known)
  return problemOfDatabase(error) ?? problem('internal-error')
}

const frameworkCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type-unsupported',
  FST_ERR_CTP_INVALID_TYPE: 'content-type-unsupported',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request-malformed',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body-missing',
  FST_ERR_CTP_INVALID_JSON_BODY: 'json-malformed',
  FST_ERR_BAD_URL: 'url-malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'url-malformed',
  FST_ERR_NOT_FOUND: 'route-not-found',
  FST_STATIC_FORBIDDEN_PATH: 'route-not-found', // a file of /docs asked for by way of ..
}
