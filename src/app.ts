/** The service as one Fastify instance: everything but listening, so that tests can inject requests. */
import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import { cellSecret } from './access/disclosure/cell-keys.ts'
import { listEntities } from './access/entities/entity-store.ts'
import type { ReadRights } from './access/grants/read-rights.ts'
import { accessOf, registerAccess } from './access/routes.ts'
import type { AccessSettings } from './access/routes.ts'
import { registerAuditRoutes } from './audit/routes.ts'
import { startSequencer } from './audit/sequencer.ts'
import type { Sequencer } from './audit/sequencer.ts'
import type { Config } from './config.ts'
import { noticesDue } from './data-protection/notices/notice-store.ts'
import { registerDataProtectionRoutes } from './data-protection/routes.ts'
import type { Database } from './db/database.ts'
import { currentDay } from './determinations/as-of.ts'
import type { DeterminationDeps } from './determinations/determine-household.ts'
import { registerEvaluateRoute } from './determinations/evaluate/routes.ts'
import { registerDeterminationRoutes } from './determinations/routes.ts'
import { registerSupersededRoute } from './determinations/superseded/routes.ts'
import { collectPurposes } from './http/declared-purposes.ts'
import { createChangeMetrics } from './http/change-metrics.ts'
import { registerErrorPage } from './http/error-page.ts'
import { registerHealth } from './http/health.ts'
import { createMetrics, type Metrics, registerMetrics } from './http/metrics.ts'
import { registerOpenapi } from './http/openapi.ts'
import { createPullMetrics } from './http/pull-metrics.ts'
import { registerSecurity } from './http/security.ts'
import { createServer } from './http/server.ts'
import type { Server } from './http/server.ts'
import { enqueueFollowing } from './intake/re-evaluation/follow-changes.ts'
import { registerStandingRoutes } from './intake/re-evaluation/routes.ts'
import { registerIntakeRoutes } from './intake/routes.ts'
import { shippedApprovalPolicy } from './programmes/authoring/changes/approval-policy.ts'
import { noProviders } from './programmes/authoring/changes/review-change.ts'
import { registerChangeSetRoutes } from './programmes/authoring/changes/routes.ts'
import { registerDraftRoutes } from './programmes/authoring/drafts/routes.ts'
import { registerDescriptionRoutes } from './programmes/descriptions/routes.ts'
import { registerVersionRoutes } from './programmes/routes.ts'
import { putRegistryShape } from './programmes/registry-shapes.ts'
import { versionsOf } from './programmes/versions-in-force.ts'
import { callRates } from './kernel/call-rate.ts'
import { registerQueryCallRoutes } from './queries/calls/routes.ts'
import { rememberingCompiler } from './queries/compile-query.ts'
import type { ReadPool } from './queries/guarded-read.ts'
import { knownStatements } from './queries/known-statements.ts'
import type { QueryDeps } from './queries/query-deps.ts'
import { queriesReading } from './queries/queries-reading.ts'
import { registryDates } from './queries/registry-dates.ts'
import { registerQueryRoutes } from './queries/routes.ts'
import { registerSavedQueryRoutes } from './queries/saved/routes.ts'
import { registerExplainRoutes } from './targeting/explain/routes.ts'
import { registerFitRoutes } from './simulation/fits/routes.ts'
import { registerSampleRoutes } from './simulation/reference/routes.ts'
import { registerSimulationRoutes } from './simulation/routes.ts'
import { limitedSlots } from './kernel/limited-slots.ts'
import { registerExportRoutes } from './targeting/lists/exports/routes.ts'
import { registerHandOverRoutes } from './targeting/lists/routes.ts'
import { registerTargetingRoutes } from './targeting/routes.ts'
import { placeInLatestRun } from './targeting/rankings/ranking-store.ts'
import { registerRunRoutes } from './targeting/runs/routes.ts'
import { programmesServing } from './targeting/enrolments/enrolment-store.ts'
import { registerEnrolmentRoutes } from './targeting/enrolments/routes.ts'
import { registerChangeRoutes } from './warehouse/changes/routes.ts'
import { movedRelations } from './app/person-tables.ts'
import { followLoad, followSubstitution } from './households/follow-load.ts'
import { registerLoadRoutes } from './warehouse/loads/routes.ts'
import { registerSubstitutionRoutes } from './warehouse/substitutions/routes.ts'
import { agesOf, type Registries, registriesOf } from './warehouse/definitions/registries-in-force.ts'
import { registerDefinitionRoutes } from './warehouse/definitions/routes.ts'
import { configuredPuller } from './warehouse/pulled/configured-puller.ts'
import type { Puller } from './warehouse/pulled/puller.ts'
import { entities } from './warehouse/shared-lists.ts'
import { personColumns } from './warehouse/registry-table.ts'

export interface AppDeps {
  readonly database: Database
  readonly config: Pick<
    Config,
    | 'logLevel'
    | 'requestTimeoutMs'
    | 'bodyLimitBytes'
    | 'rateLimitPerMinute'
    | 'trustedProxies'
    | 'timeZone'
    | 'dataDirectory'
    | 'queryRowsMax'
    | 'queryLeastPersons'
    | 'queryTimeoutMs'
    | 'queryAggregateTimeoutMs'
    | 'queryCostMax'
    | 'queryAggregatesAtOnce'
    | 'queryCallsPerMinute'
    | 'loadBytesMax'
    | 'serviceBusUrl'
    | 'serviceBusToken'
    | 'subjectRequestDays'
    | keyof AccessSettings
  >
  readonly version: string
  readonly logTo?: DestinationStream
  /** What an entity may read today, and its own connections. */
  readonly grants?: {
    readonly rights: (entity: string) => Promise<ReadRights>
    readonly connectionOf: (entity: string) => Promise<ReadPool>
  }
}

export async function buildApp({ database, config, version, logTo, grants }: AppDeps): Promise<Server> {
  const app = createServer({ ...config, ...(logTo ? { logTo } : {}) })
  const plain = app as unknown as FastifyInstance
  const purposes = collectPurposes(plain)
  const metrics = createMetrics(database)
  const access = accessOf(database, config, (error) => app.log.error({ err: error }, 'a code could not be sent'))
  await registerSecurity(plain, { rateLimitPerMinute: config.rateLimitPerMinute, ...access.callers })
  await registerOpenapi(plain, version)
  registerMetrics(plain, metrics)
  registerErrorPage(plain)
  registerHealth(app, database)
  registerAuditRoutes(app, database)
  registerAccess(app, access.deps)
  const versions = versionsOf(database)
  const today = (): Promise<number> => currentDay(database.pool, config.timeZone)
  registerVersionRoutes(app, { db: database.pool, versions, today })
  registerDescriptionRoutes(app, { versions, today })
  registerDraftRoutes(app, { database })
  const authoring = { policy: shippedApprovalPolicy(), grantsMissing: async () => [], providers: noProviders }
  registerChangeSetRoutes(app, { database, versions, today, ...authoring })
  const registries = registriesOf(database)
  const deps: DeterminationDeps = {
    database,
    versions,
    freshness: agesOf(registries),
    pulling: { registries: registries.all, puller: livePuller(database, config, metrics) },
    timeZone: config.timeZone,
    targeting: { programmesServing, placeInLatestRun },
    onStored: noticesDue,
    onOutcome: (programme, outcome) => metrics.outcomes.inc({ programme, outcome }),
    onDisagreement: (programmes, versionSet) => app.log.error({ programmes, versionSet }, 'the two engines disagree: outcomes withheld'),
  }
  registerDeterminationRoutes(app, deps)
  registerSupersededRoute(app, deps)
  registerEvaluateRoute(app, deps)
  registerIntakeRoutes(app, deps)
  registerChangeRoutes(app, {
    database,
    registries: registries.all,
    timeZone: config.timeZone,
    today,
    onChanged: enqueueFollowing,
    onApplied: createChangeMetrics(metrics.registry, { database, freshness: deps.freshness, today }),
  })
  registerStandingRoutes(app, { database })
  registerEnrolmentRoutes(app, deps)
  const lists = { database, versions, dataDirectory: config.dataDirectory, slots: limitedSlots(EXPORTS_AT_ONCE, 'exports are being made') }
  registerTargetingRoutes(app, lists)
  registerExportRoutes(app, lists)
  registerRunRoutes(app, deps)
  registerHandOverRoutes(app, { database, dataDirectory: config.dataDirectory })
  registerExplainRoutes(app, { database, versions, dataDirectory: config.dataDirectory })
  registerSimulationRoutes(app, lists)
  registerSampleRoutes(app, { database, versions, today, dataDirectory: config.dataDirectory })
  registerFitRoutes(app, { database, versions, today })
  registerQueries(app, database, config, grants, registries)
  registerDefinitionRoutes(app, {
    database,
    registries,
    entities: async () => [...entities, ...(await listEntities(database.pool))],
    usesOf: queriesReading,
    putShape: putRegistryShape,
    onTable: async () => undefined,
  })
  registerDataProtectionRoutes(app, {
    database,
    registries: registries.all,
    timeZone: config.timeZone,
    subjectRequestDays: config.subjectRequestDays,
    versions,
    purposes,
    grants: async () => [],
  })
  registerLoadRoutes(app, {
    database,
    definitionOf: registries.one,
    dataDirectory: config.dataDirectory,
    loadBytesMax: config.loadBytesMax,
    onChanged: enqueueFollowing,
    onLoaded: async (definition, { seq }) =>
      void (await followLoad(database, { registry: definition.id, seq, personColumns: personColumns(definition) })),
  })
  registerSubstitutionRoutes(app, {
    database,
    registries: registries.all,
    relations: movedRelations,
    onChanged: enqueueFollowing,
    onSubstituted: (persons) => followSubstitution(database, persons),
  })
  chainWhileListening(app, database)
  return app
}

function livePuller(database: Database, config: AppDeps['config'], { registry }: Metrics): Puller {
  const { onAsked, watch } = createPullMetrics(registry)
  const made = configuredPuller(database, config, onAsked)
  watch(made)
  return made
}

/** An answer that gives nobody anything. */
const nothingGranted = async (entity: string): Promise<ReadRights> => ({
  entity,
  columns: () => new Set(),
  facts: new Set(),
  decideOnly: new Set(),
  rowScope: () => ({ kind: 'none' }),
})

function registerQueries(
  app: Server,
  database: Database,
  config: AppDeps['config'],
  grants: AppDeps['grants'],
  registries: Registries,
): void {
  let secret: Promise<Uint8Array> | null = null
  const limits: QueryDeps['limits'] = {
    rowsDefault: QUERY_ROWS,
    rowsMax: config.queryRowsMax,
    leastPersons: config.queryLeastPersons,
    timeoutMs: config.queryTimeoutMs,
    aggregateTimeoutMs: config.queryAggregateTimeoutMs,
    costMax: config.queryCostMax,
  }
  const deps: QueryDeps = {
    database,
    registries: registries.all,
    rights: grants?.rights ?? nothingGranted,
    connectionOf: grants?.connectionOf ?? (async () => database.pool),
    secret: () =>
      (secret ??= cellSecret(config.dataDirectory).catch((error: unknown) => {
        secret = null
        throw error
      })),
    compile: rememberingCompiler(limits),
    statements: knownStatements(),
    dates: registryDates(database.pool),
    limits,
    countCall: callRates(config.queryCallsPerMinute),
    takeSlot: limitedSlots(config.queryAggregatesAtOnce, 'aggregates are being computed').take,
  }
  registerQueryRoutes(app, deps)
  registerSavedQueryRoutes(app, deps)
  registerQueryCallRoutes(app, deps)
}

/** Rows of a query that says nothing. */
const QUERY_ROWS = 100

/** Files of lists: each takes one of libuv's four threads while it is made. */
const EXPORTS_AT_ONCE = 2
const CHAIN_EVERY_MS = 1_000

/** Chains audit events while the service listens; each new head goes to the log, which is outside the database. */
function chainWhileListening(app: Server, database: Database): void {
  let sequencer: Sequencer | null = null
  app.addHook('onListen', async () => {
    sequencer = startSequencer(database, {
      everyMs: CHAIN_EVERY_MS,
      onHead: ({ seq, hash }) => app.log.info({ auditSeq: seq, auditHash: hash }, 'audit checkpoint'),
      onError: (error) => app.log.error({ err: error }, 'audit events wait to be chained'),
    })
  })
  app.addHook('onClose', async () => sequencer?.stop())
}
