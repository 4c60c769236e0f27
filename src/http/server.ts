/** The HTTP server without routes: parser, validation, errors, logging, limits of time and size. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify'
import { pino } from 'pino'
import type { DestinationStream } from 'pino'
import { problem } from '../kernel/problem.ts'
import type { ProblemCode } from '../kernel/problem.ts'
import { problemKinds } from '../kernel/problem-table.ts'
import { answerWithProblem, problemBody, registerErrors } from './errors.ts'
import { registerJsonBody } from './json-body.ts'
import { isLongUpload } from './long-upload.ts'
import { loggerOptions } from './logging.ts'
import { validatorCompiler } from './validator.ts'
import { newId } from '../kernel/new-id.ts'

export interface ServerSettings {
  readonly logLevel: string
  readonly requestTimeoutMs: number
  readonly bodyLimitBytes: number
  /** Addresses of the proxies whose X-Forwarded-For is believed; empty for none. */
  readonly trustedProxies: readonly string[]
  /** Where log lines go; standard output unless a test wants them. */
  readonly logTo?: DestinationStream
}

export type Server = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export function createServer(settings: ServerSettings): Server {
  const logger = settings.logTo ? pino(loggerOptions(settings.logLevel), settings.logTo) : pino(loggerOptions(settings.logLevel))
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // A client's own request id could be anything, a National ID too: ids are ours.
    genReqId: () => newId(),
    requestIdHeader: false,
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestTimeoutMs,
    connectionTimeout: 60_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    // Node looks for slow requests only this often, and exchanges the two limits when the one for headers is the longer.
    http: { connectionsCheckingInterval: 1_000, headersTimeout: Math.min(10_000, settings.requestTimeoutMs) },
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    exposeHeadRoutes: false,
    logController: new LogController({ disableRequestLogging: true }),
    return503OnClosing: true,
    routerOptions: { maxParamLength: 100 },
    frameworkErrors: (error, request, reply) => void answerWithProblem(request, reply as never, error),
    clientErrorHandler,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.setValidatorCompiler(validatorCompiler() as never)
  registerErrors(app as unknown as FastifyInstance)
  registerJsonBody(app as unknown as FastifyInstance)
  app.addHook('onResponse', async (request, reply) => {
    request.log.info({ req: request, res: reply, ms: Math.round(reply.elapsedTime * 10) / 10, key: request.principal?.id }, 'answered')
  })
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })
  return app
}

/** What cannot even be read as HTTP is answered on the socket, without a word of what was sent. */
function clientErrorHandler(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isLongUpload(socket)) return
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy()
  const code: ProblemCode =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'request-timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? 'headers-too-large'
        : 'request-malformed'
  const { status } = problemKinds[code]
  const body = JSON.stringify(problemBody(problem(code), 'en', '', newId()))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
