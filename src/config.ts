/** The one configuration schema: every setting with its environment variable, default, unit and description, read once at start; long because it is one table. */
import { resolve } from 'node:path'
import { validate as isCron } from 'node-cron'
import { projectRoot } from './kernel/project-root.ts'

/** One setting; `parse` throws a sentence that says what was expected. */
export interface Setting<T> {
  readonly env: string
  readonly default: string
  readonly unit: string
  readonly description: string
  readonly parse: (text: string) => T
}

type Row = readonly [env: string, fallback: string, unit: string, description: string]

const setting = <T>([env, fallback, unit, description]: Row, parse: (text: string) => T): Setting<T> => ({
  env,
  default: fallback,
  unit,
  description,
  parse,
})

const text = (...row: Row): Setting<string> => setting(row, (value) => value)
const optional = (...row: Row): Setting<string | undefined> => setting(row, (value) => (value === '' ? undefined : value))
const list = (...row: Row): Setting<readonly string[]> =>
  setting(row, (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
const folder = (...row: Row): Setting<string> => setting(row, (value) => resolve(projectRoot, value))
const integer = (min: number, max: number, ...row: Row): Setting<number> =>
  setting(row, (value) => {
    const number = /^-?\d{1,15}$/.test(value) ? Number(value) : NaN
    if (!(number >= min && number <= max)) throw new Error(`expected a whole number from ${min} to ${max}`)
    return number
  })
const oneOf = <T extends string>(choices: readonly T[], ...row: Row): Setting<T> =>
  setting(row, (value) => {
    const choice = choices.find((c) => c === value)
    if (choice === undefined) throw new Error(`expected one of ${choices.join(', ')}`)
    return choice
  })
/** Without what would stand in logs or change where a path leads. */
const busAddress = (...row: Row): Setting<string | undefined> =>
  setting(row, (value) => {
    if (value === '') return undefined
    const url = URL.canParse(value) ? new URL(value) : null
    if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
      throw new Error('expected an address such as https://gsb.gov.jo/mizan, without a user, a query or a fragment')
    return url.href.replace(/\/+$/, '')
  })
const timeZone = (...row: Row): Setting<string> =>
  setting(row, (value) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone
    } catch {
      throw new Error('expected an IANA time zone such as Asia/Amman')
    }
  })

const cron = (...row: Row): Setting<string> =>
  setting(row, (value) => {
    if (value !== '' && !isCron(value)) throw new Error('expected five fields of cron such as 0 2 1 * *')
    return value
  })

/** All settings, by the name they have in code. */
export const settings = {
  databaseUrl: optional(
    'DATABASE_URL',
    '',
    'URL',
    'PostgreSQL 18 server to use, e.g. postgres://user:password@host:5432/mizan. Empty: the embedded server.',
  ),
  dataDirectory: folder('MIZAN_DATA_DIR', 'data', 'folder', 'Where the embedded server and keys live; relative to the project folder.'),
  host: text('HOST', '127.0.0.1', 'address', 'Address to listen on.'),
  port: integer(0, 65_535, 'PORT', '8080', 'port', 'Port to listen on; 0 takes a free one.'),
  logLevel: oneOf(
    ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    'LOG_LEVEL',
    'info',
    'level',
    'Least severe event that is logged.',
  ),
  timeZone: timeZone('TIME_ZONE', 'Asia/Amman', 'IANA name', 'Time zone in which days begin and end.'),
  seedHouseholds: integer(
    0,
    10_000_000,
    'SEED_HOUSEHOLDS',
    '3000',
    'households',
    'Size of the demonstration population written at first start; 0 writes none.',
  ),
  seed: integer(
    0,
    2_147_483_647,
    'SEED',
    '1',
    'number',
    'Seed of the synthetic population: the same seed and size give the same population.',
  ),
  poolSize: integer(1, 1_000, 'DATABASE_POOL_SIZE', '10', 'connections', 'Most connections of one process.'),
  entityPoolSize: integer(
    1,
    100,
    'ENTITY_POOL_SIZE',
    '3',
    'connections',
    'Most connections that one process opens as one entity, which see what is granted to it; at most 16 entities have some at a time.',
  ),
  connectionTimeoutMs: integer(
    1,
    600_000,
    'DATABASE_CONNECTION_TIMEOUT_MS',
    '2000',
    'ms',
    'Longest wait for a connection before a request is answered 503.',
  ),
  statementTimeoutMs: integer(
    0,
    86_400_000,
    'DATABASE_STATEMENT_TIMEOUT_MS',
    '15000',
    'ms',
    'Longest statement of a request; 0 means no limit.',
  ),
  lockTimeoutMs: integer(0, 86_400_000, 'DATABASE_LOCK_TIMEOUT_MS', '5000', 'ms', 'Longest wait for a lock; 0 means no limit.'),
  idleInTransactionTimeoutMs: integer(
    0,
    86_400_000,
    'DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS',
    '30000',
    'ms',
    'Longest pause inside a transaction; 0 means no limit.',
  ),
  embeddedSharedBuffersMb: integer(16, 1_000_000, 'EMBEDDED_SHARED_BUFFERS_MB', '512', 'MB', 'shared_buffers of the embedded server.'),
  runMemoryMb: integer(
    256,
    1_000_000,
    'RUN_MEMORY_MB',
    '3000',
    'MB',
    'Memory that the columnar replica may use in all threads of a run together.',
  ),
  runThreads: integer(0, 64, 'RUN_THREADS', '0', 'threads', 'Threads of a run; 0 takes as many as there are processors, eight at most.'),
  runSample: integer(
    0,
    100_000,
    'RUN_SAMPLE',
    '500',
    'households',
    'Households of a run that are judged again by both online engines; one difference fails the run.',
  ),
  snapshotsKept: integer(
    0,
    10_000,
    'SNAPSHOTS_KEPT',
    '6',
    'snapshots',
    'How many snapshots of the newest published runs are kept besides those whose lists are in force or frozen; the others are removed after a publication, and their runs can no longer be verified.',
  ),
  runWorker: oneOf(
    ['child', 'none'],
    'RUN_WORKER',
    'child',
    'choice',
    'Who performs queued runs: a process that the service starts beside itself, or `mizan worker` started by somebody else.',
  ),
  backgroundNiceness: integer(
    0,
    19,
    'BACKGROUND_NICENESS',
    '10',
    'niceness',
    'How far the worker and commands yield the processors to the service: 19 most, 0 not at all.',
  ),
  runSchedule: cron(
    'RUN_SCHEDULE',
    '',
    'cron',
    'When a run is queued by itself, in TIME_ZONE, e.g. 0 2 1 * * for two in the morning of each first day; empty for never. Once, however many workers listen.',
  ),
  runSchedulePopulation: oneOf(
    ['registrants', 'residents'],
    'RUN_SCHEDULE_POPULATION',
    'registrants',
    'choice',
    'Whom a scheduled run is about.',
  ),
  serviceBusUrl: busAddress(
    'SERVICE_BUS_URL',
    '',
    'URL',
    'Address of the government service bus, below which the operations of pulled registries stand. Empty: no pulled registry answers.',
  ),
  serviceBusToken: optional(
    'SERVICE_BUS_TOKEN',
    '',
    'secret',
    'Bearer token that is sent with each call of the service bus; empty for none.',
  ),
  queryRowsMax: integer(
    1,
    100_000,
    'QUERY_ROWS_MAX',
    '10000',
    'rows',
    'Most rows of one answer of a query; a query that says nothing gives 100.',
  ),
  queryLeastPersons: integer(
    2,
    1_000,
    'QUERY_LEAST_PERSONS',
    '10',
    'persons',
    'Cells of aggregates with fewer persons are not told, and lowest and highest values are those of this many persons.',
  ),
  queryTimeoutMs: integer(1, 600_000, 'QUERY_TIMEOUT_MS', '5000', 'ms', 'Longest statement of a query for rows.'),
  queryAggregateTimeoutMs: integer(
    1,
    600_000,
    'QUERY_AGGREGATE_TIMEOUT_MS',
    '60000',
    'ms',
    'Longest statement of a query for aggregates, which may read a whole registry.',
  ),
  queryCostMax: integer(
    1,
    1_000_000_000_000,
    'QUERY_COST_MAX',
    '3000000',
    'cost units',
    "Most that PostgreSQL's planner may expect a query to cost; a query beyond is refused before it runs.",
  ),
  queryAggregatesAtOnce: integer(
    1,
    1_000,
    'QUERY_AGGREGATES_AT_ONCE',
    '2',
    'queries',
    'Aggregates over everyone that one process computes at once.',
  ),
  queryCallsPerMinute: integer(
    0,
    1_000_000_000,
    'QUERY_CALLS_PER_MINUTE',
    '600',
    'calls/minute',
    'Most calls of one saved query by one caller, in one process, unless the query says otherwise, and of queries that one caller tries; 0 means no limit.',
  ),
  auditChainMs: integer(
    10,
    60_000,
    'AUDIT_CHAIN_MS',
    '250',
    'ms',
    'How often waiting audit events are chained; all of them are chained within a second only when this is well below it.',
  ),
  auditCheckpointSeconds: integer(
    1,
    86_400,
    'AUDIT_CHECKPOINT_SECONDS',
    '300',
    's',
    'How often the end of the audit chain is signed when it has grown.',
  ),
  subjectRequestDays: integer(
    1,
    365,
    'SUBJECT_REQUEST_DAYS',
    '30',
    'days',
    'Days in which an objection or a request for correction is to be answered; an assumption, for the instructions under Law 24/2023 to replace.',
  ),
  codeSender: oneOf(
    ['file', 'console', 'command'],
    'CODE_SENDER',
    'file',
    'choice',
    'How verification codes and tokens for passwords reach people: a file in the folder outbox of MIZAN_DATA_DIR, the terminal (standard error), or the program CODE_SENDER_COMMAND.',
  ),
  codeSenderCommand: optional(
    'CODE_SENDER_COMMAND',
    '',
    'path',
    'Program that sends a message, which it gets as JSON on standard input (kind, login, contact, language, secret, minutes, text); it ends with 0 within ten seconds.',
  ),
  signInAttemptsMax: integer(
    1,
    100,
    'SIGN_IN_ATTEMPTS_MAX',
    '5',
    'attempts',
    'Passwords of one name before it is locked, and codes of one sign-in before it ends.',
  ),
  signInLockMinutes: integer(
    1,
    10_080,
    'SIGN_IN_LOCK_MINUTES',
    '15',
    'minutes',
    'How long a name is locked, whether somebody has it or not.',
  ),
  signInsPerMinute: integer(
    0,
    1_000_000_000,
    'SIGN_INS_PER_MINUTE',
    '120',
    'requests/minute',
    'Most requests of one address, in one process, that sign in or ask for codes, passwords or tokens; 0 means no limit.',
  ),
  codeMinutes: integer(1, 60, 'VERIFICATION_CODE_MINUTES', '5', 'minutes', 'How long a verification code is valid.'),
  sessionIdleMinutes: integer(2, 1_440, 'SESSION_IDLE_MINUTES', '30', 'minutes', 'A session that asks nothing for so long ends.'),
  sessionHours: integer(1, 720, 'SESSION_HOURS', '12', 'hours', 'Longest session.'),
  accessTokenSeconds: integer(60, 3_600, 'ACCESS_TOKEN_SECONDS', '600', 'seconds', 'How long a token of /oauth2/token is valid.'),
  cookieSecure: oneOf(
    ['yes', 'no'],
    'COOKIE_SECURE',
    'yes',
    'choice',
    'Whether browsers send the cookie of a session over HTTPS only (and to this host itself).',
  ),
  requestTimeoutMs: integer(1, 3_600_000, 'REQUEST_TIMEOUT_MS', '15000', 'ms', 'Longest time to receive one request.'),
  shutdownTimeoutMs: integer(1, 3_600_000, 'SHUTDOWN_TIMEOUT_MS', '10000', 'ms', 'Longest wait for open requests when stopping.'),
  trustedProxies: list(
    'TRUSTED_PROXIES',
    '',
    'addresses',
    'Proxies whose X-Forwarded-For is believed, separated by commas; empty for none.',
  ),
  bodyLimitBytes: integer(1, 1_000_000_000, 'BODY_LIMIT_BYTES', '1048576', 'bytes', 'Largest request body unless a route says otherwise.'),
  loadBytesMax: integer(1, 1_000_000_000_000, 'LOAD_BYTES_MAX', '20000000000', 'bytes', 'Largest delivery of a registry in one request.'),
  rateLimitPerMinute: integer(
    0,
    1_000_000_000,
    'RATE_LIMIT_PER_MINUTE',
    '0',
    'requests/minute',
    'Most requests of one key per minute; 0 means no limit.',
  ),
} as const

/** The values of all settings. */
export type Config = { readonly [K in keyof typeof settings]: ReturnType<(typeof settings)[K]['parse']> }

/** Reads the environment (or the given variables) once; throws one error that names every bad setting. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const problems: string[] = []
  const values = Object.entries(settings).map(([name, entry]: [string, Setting<unknown>]) => {
    const given = env[entry.env]
    const source = given === undefined || given === '' ? entry.default : given
    try {
      return [name, entry.parse(source)]
    } catch (error) {
      problems.push(`${entry.env}=${JSON.stringify(source)}: ${(error as Error).message}`)
      return [name, undefined]
    }
  })
  if (problems.length > 0) throw new Error(`Configuration is not usable:\n  ${problems.join('\n  ')}`)
  return Object.freeze(Object.fromEntries(values)) as Config
}
