/** Logs are allow-lists: a route's pattern, never its address; an error's code and stack, never its message or detail. Ten digits that slip through all the same are masked. */
import type { LoggerOptions } from 'pino'

interface LoggedRequest {
  readonly id?: string
  readonly method?: string
  readonly routeOptions?: { readonly url?: string }
}

interface LoggedError extends Error {
  readonly code?: unknown
  readonly constraint?: unknown
  readonly table?: unknown
  readonly routine?: unknown
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const loggerOptions = (level: string): LoggerOptions => ({
  level,
  base: null,
  hooks: { streamWrite: withoutNumbers },
  serializers: {
    req: ({ id, method, routeOptions }: LoggedRequest) => ({ id, method, route: routeOptions?.url ?? null }),
    res: ({ statusCode }: { statusCode?: number }) => ({ statusCode }),
    err: (error: LoggedError) => ({
      type: error.name,
      code: text(error.code),
      constraint: text(error.constraint),
      table: text(error.table),
      routine: text(error.routine),
      stack: frames(error.stack),
    }),
  },
})

/** Ten digits of any script that stand alone; within hashes and ids they have letters or hyphens beside them. */
const NUMBER = /(?<![\p{L}\p{N}.-])\p{Nd}{10}(?![\p{L}\p{N}.-])/gu

/** The second wall: whatever a line of code meant to log, a person's number does not get out. */
function withoutNumbers(line: string): string {
  return line.replace(NUMBER, '##########')
}

/** Stack lines without the message, which may quote what a client sent. */
function frames(stack: string | undefined): string[] {
  return (stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, 12)
}
