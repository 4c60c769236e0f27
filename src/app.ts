/** The service as one Fastify instance: everything but listening, so that tests can inject requests. */
import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import { standing } from './access/grants/grant.ts'
import { grantsInForce } from './access/grants/grant-store.ts'
import { type Grants, openGrants } from './access/grants/open-grants.ts'
import { registerGrantRoutes } from './access/grants/routes.ts'
import { actorNames } from './access/actor-names.ts'
import { entityExists, listEntities } from './access/entities/entity-store.ts'
import { registerCheckpointRoutes } from './audit/checkpoints/routes.ts'
import { registerHistoryRoute } from './audit/history/routes.ts'
import { type AuditDeps, registerAuditRoutes } from './audit/routes.ts'
import { accessOf, registerAccess } from './access/routes.ts'
import type { AccessSettings } from './access/routes.ts'
import type { Config } from './config.ts'
import { noticesDue } from './data-protection/notices/notice-store.ts'
import { registerDataProtectionRoutes } from './data-protection/routes.ts'
import type { Database } from './db/database.ts'
import { currentDay } from './determinations/as-of.ts'
import type { DeterminationDeps } from './determinations/determine-household.ts'
import type { Viewing } from './determinations/eyes/eyes.ts'
import { registerEvaluateRoute } from './determinations/evaluate/routes.ts'
import { registerLetterRoutes } from './determinations/letters/routes.ts'
import { registerDeterminationRoutes } from './determinations/routes.ts'
import { registerSupersededRoute } from './determinations/superseded/routes.ts'
import { collectPurposes } from './http/declared-purposes.ts'
import { createChangeMetrics } from './http/change-metrics.ts'
import { registerErrorPage } from './http/error-page.ts'
import { registerHealth } from './http/health.ts'
import { createMetrics, type Metrics, registerMetrics } from './http/metrics.ts'
import { registerOpenapi } from './http/openapi.ts'
import { refuseUnrecorded } from './http/no-audit-no-answer.ts'
import { createPullMetrics } from './http/pull-metrics.ts'
import { registerSecurity } from './http/security.ts'
import { createServer } from './http/server.ts'
import type { Server } from './http/server.ts'
import { enqueueFollowing } from './intake/re-evaluation/follow-changes.ts'
import { registerStandingRoutes } from './intake/re-evaluation/routes.ts'
import { registerIntakeRoutes } from './intake/routes.ts'
import { shippedApprovalPolicy } from './programmes/authoring/changes/approval-policy.ts'
import { registerChangeSetRoutes } from './programmes/authoring/changes/routes.ts'
import { registerDraftRoutes } from './programmes/authoring/drafts/routes.ts'
import { registerDescriptionRoutes } from './programmes/descriptions/routes.ts'
import { registerCatalogueRoutes } from './programmes/catalogue/routes.ts'
import { registerDifferenceRoutes } from './programmes/difference/routes.ts'
import { registerEditorSchemaRoutes } from './programmes/editor-schemas/routes.ts'
import { grantsMissingIn } from './programmes/facts-granted.ts'
import { registerVersionRoutes } from './programmes/routes.ts'
import { versionsOf } from './programmes/versions-in-force.ts'
import { putRegistryShape } from './programmes/registry-shapes.ts'
import { registerQueryCallRoutes } from './queries/calls/routes.ts'
import type { ReadPool } from './queries/guarded-read.ts'
import { registerQueryRoutes } from './queries/routes.ts'
import { registerSavedQueryRoutes } from './queries/saved/routes.ts'
import { registerExplainRoutes } from './targeting/explain/routes.ts'
import { registerFitRoutes } from './simulation/fits/routes.ts'
import { nationFolder } from './simulation/baseline.ts'
import { registerImpactRoutes } from './simulation/impact/routes.ts'
import { registerSampleRoutes } from './simulation/reference/routes.ts'
import { registerSimulationRoutes } from './simulation/routes.ts'
import { isoOfDay } from './kernel/date.ts'
import { limitedSlots } from './kernel/limited-slots.ts'
import { registerExportRoutes } from './targeting/lists/exports/routes.ts'
import { registerHandOverRoutes } from './targeting/lists/routes.ts'
import { registerTargetingRoutes } from './targeting/routes.ts'
import { placeInLatestRun } from './targeting/rankings/ranking-store.ts'
import { registerRunRoutes } from './targeting/runs/routes.ts'
import { programmesServing } from './targeting/enrolments/enrolment-store.ts'
import { registerEnrolmentRoutes } from './targeting/enrolments/routes.ts'
import { registerChangeRoutes } from './warehouse/changes/routes.ts'
import { chainWhileListening } from './app/chain-while-listening.ts'
import { reviewProviders } from './app/authoring-deps.ts'
import { catalogueDeps } from './app/catalogue-deps.ts'
import { columnUses } from './app/column-uses.ts'
import { followTable } from './app/follow-table.ts'
import { grantable } from './app/grantable.ts'
import { historyDeps } from './app/history-deps.ts'
import { movedRelations } from './app/person-tables.ts'
import { queryDeps } from './app/query-deps.ts'
import { readSourceStates } from './households/registry-state.ts'
import { followLoad, followSubstitution } from './households/follow-load.ts'
import { registerLoadRoutes } from './warehouse/loads/routes.ts'
import { registerSubstitutionRoutes } from './warehouse/substitutions/routes.ts'
import { agesOf, registriesOf } from './warehouse/definitions/registries-in-force.ts'
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
    | 'entityPoolSize'
    | 'auditChainMs'
    | 'auditCheckpointSeconds'
    | 'serviceBusUrl'
    | 'serviceBusToken'
    | 'subjectRequestDays'
    | keyof AccessSettings
  >
  readonly version: string
  readonly logTo?: DestinationStream
  /** What an entity may read today, and its own connections; those of the database's grants unless given. */
  readonly grants?: {
    readonly rights: Grants['rights']
    readonly reported?: Grants['reported']
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
  refuseUnrecorded(plain)
  await registerOpenapi(plain, version)
  registerMetrics(plain, metrics)
  registerErrorPage(plain)
  const held = openGrants(database, config)
  app.addHook('onClose', held.close)
  registerHealth(app, database, async () => ((await held.wall()).on ? 'on' : 'off'))
  const audit: AuditDeps = { database, dataDirectory: config.dataDirectory, actorNames: (ids) => actorNames(database.pool, ids) }
  registerAuditRoutes(app, audit)
  registerCheckpointRoutes(app, audit)
  registerAccess(app, access.deps)
  const versions = versionsOf(database)
  registerHistoryRoute(app, historyDeps(audit, versions))
  const today = (): Promise<number> => currentDay(database.pool, config.timeZone)
  registerVersionRoutes(app, { db: database.pool, versions, today })
  registerDescriptionRoutes(app, { versions, today })
  const registries = registriesOf(database)
  const freshness = agesOf(registries)
  registerEditorSchemaRoutes(app, { versions, today })
  registerDifferenceRoutes(app, { db: database.pool, versions, today })
  // What is derived of the data is told by the rights that PostgreSQL reports for the entity too.
  const rights = grants ? (grants.reported ?? grants.rights) : held.reported
  const impacts = { database, versions, folder: nationFolder(config.dataDirectory), rights }
  const observed = catalogueDeps({
    database,
    versions,
    rights,
    freshness,
    today,
    dataDirectory: config.dataDirectory,
    onError: (error) => app.log.error({ err: error }, 'facts of the latest snapshot could not be counted'),
  })
  const registryAges = async () => readSourceStates(database.pool, await freshness(), await today())
  registerCatalogueRoutes(app, { database, versions, today, registryAges, ...observed })
  const providers = reviewProviders({ ...impacts, ...observed, registryAges })
  const authoring = { policy: shippedApprovalPolicy(), grantsMissing: grantsMissingIn(database.pool), providers }
  registerDraftRoutes(app, { database, suspicionsOf: providers.suspicionsOf })
  registerChangeSetRoutes(app, { database, versions, today, ...authoring })
  const deps: DeterminationDeps & Viewing = {
    rights,
    database,
    versions,
    freshness,
    pulling: { registries: registries.all, puller: livePuller(database, config, metrics) },
    timeZone: config.timeZone,
    targeting: { programmesServing, placeInLatestRun },
    onStored: noticesDue,
    onOutcome: (programme, outcome) => metrics.outcomes.inc({ programme, outcome }),
    onDisagreement: (programmes, versionSet) => app.log.error({ programmes, versionSet }, 'the two engines disagree: outcomes withheld'),
  }
  registerDeterminationRoutes(app, deps)
  registerLetterRoutes(app, deps)
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
  registerStandingRoutes(app, deps)
  registerEnrolmentRoutes(app, deps)
  const lists = {
    database,
    versions,
    rights,
    dataDirectory: config.dataDirectory,
    slots: limitedSlots(EXPORTS_AT_ONCE, 'exports are being made'),
  }
  registerTargetingRoutes(app, lists)
  registerExportRoutes(app, lists)
  registerRunRoutes(app, deps)
  registerHandOverRoutes(app, lists)
  registerExplainRoutes(app, lists)
  registerSimulationRoutes(app, lists)
  registerImpactRoutes(app, impacts)
  registerSampleRoutes(app, { database, versions, today, dataDirectory: config.dataDirectory })
  registerFitRoutes(app, { database, versions, today })
  const queries = queryDeps(database, config, grants ?? held, registries)
  registerQueryRoutes(app, queries)
  registerSavedQueryRoutes(app, queries)
  registerQueryCallRoutes(app, queries)
  registerGrantRoutes(app, {
    database,
    grants: held,
    timeZone: config.timeZone,
    isEntity: (id) => entityExists(database.pool, id),
    ...grantable(versions, today, registries),
  })
  registerDefinitionRoutes(app, {
    database,
    registries,
    entities: async () => [...entities, ...(await listEntities(database.pool))],
    usesOf: columnUses(today),
    putShape: putRegistryShape,
    // Whose addresses are masked depends on the registries that say who is sheltered.
    onTable: async (client, definition) => followTable(client, definition, held),
  })
  registerDataProtectionRoutes(app, {
    database,
    registries: registries.all,
    timeZone: config.timeZone,
    subjectRequestDays: config.subjectRequestDays,
    versions,
    purposes,
    grants: async () =>
      (await grantsInForce(database.pool, isoOfDay(await today()))).map((grant) => ({ ...grant, items: standing(grant) })),
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
  chainWhileListening(app, database, config)
  return app
}

function livePuller(database: Database, config: AppDeps['config'], { registry }: Metrics): Puller {
  const { onAsked, watch } = createPullMetrics(registry)
  const made = configuredPuller(database, config, onAsked)
  watch(made)
  return made
}

/** Files of lists: each takes one of libuv's four threads while it is made. */
const EXPORTS_AT_ONCE = 2
