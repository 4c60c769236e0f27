/** The service as one Fastify instance: everything but listening, so that tests can inject requests. */
import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import { cellSecret } from './access/disclosure/cell-keys.ts'
import { standing } from './access/grants/grant.ts'
import { grantsInForce } from './access/grants/grant-store.ts'
import type { GrantDeps } from './access/grants/grant-deps.ts'
import { type Grants, openGrants } from './access/grants/open-grants.ts'
import { listRegistry } from './access/grants/ranked-lists.ts'
import { registerGrantRoutes } from './access/grants/routes.ts'
import { actorNames } from './access/actor-names.ts'
import { entityExists, entityNames } from './access/entities/entity-store.ts'
import { chainAndSign, type Sequencer } from './audit/chain-and-sign.ts'
import { registerCheckpointRoutes } from './audit/checkpoints/routes.ts'
import { type HistoryDeps, registerHistoryRoute } from './audit/history/routes.ts'
import { type AuditDeps, registerAuditRoutes } from './audit/routes.ts'
import { accessOf, registerAccess } from './access/routes.ts'
import type { AccessSettings } from './access/routes.ts'
import type { Config } from './config.ts'
import { noticesDue } from './data-protection/notices/notice-store.ts'
import { subjectOfPerson } from './data-protection/person-export/subject.ts'
import { processingRegister } from './data-protection/processing/processing-records.ts'
import { registerDataProtectionRoutes } from './data-protection/routes.ts'
import type { Database } from './db/database.ts'
import { currentDay } from './determinations/as-of.ts'
import type { DeterminationDeps } from './determinations/determine-household.ts'
import type { Viewing } from './determinations/eyes/eyes.ts'
import { factsAssembled } from './determinations/facts-assembled.ts'
import { registerEvaluateRoute } from './determinations/evaluate/routes.ts'
import { registerLetterRoutes } from './determinations/letters/routes.ts'
import { registerDeterminationRoutes } from './determinations/routes.ts'
import { registerSupersededRoute } from './determinations/superseded/routes.ts'
import { collectPurposes } from './http/declared-purposes.ts'
import { createChangeMetrics } from './http/change-metrics.ts'
import { registerErrorPage } from './http/error-page.ts'
import { registerHealth } from './http/health.ts'
import { createMetrics, registerMetrics } from './http/metrics.ts'
import { registerOpenapi } from './http/openapi.ts'
import { refuseUnrecorded } from './http/no-audit-no-answer.ts'
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
import { compareBundles } from './programmes/difference/compare-rules.ts'
import { registerDifferenceRoutes } from './programmes/difference/routes.ts'
import { registerEditorSchemaRoutes } from './programmes/editor-schemas/routes.ts'
import { grantsMissingIn } from './programmes/facts-granted.ts'
import { registerVersionRoutes } from './programmes/routes.ts'
import { type Versions, versionsOf } from './programmes/versions-in-force.ts'
import { callRates } from './kernel/call-rate.ts'
import { registerQueryCallRoutes } from './queries/calls/routes.ts'
import { rememberingCompiler } from './queries/compile-query.ts'
import type { ReadPool } from './queries/guarded-read.ts'
import { knownStatements } from './queries/known-statements.ts'
import type { QueryDeps } from './queries/query-deps.ts'
import { registryDates } from './queries/registry-dates.ts'
import { registerQueryRoutes } from './queries/routes.ts'
import { registerSavedQueryRoutes } from './queries/saved/routes.ts'
import { registerExplainRoutes } from './targeting/explain/routes.ts'
import { registerFitRoutes } from './simulation/fits/routes.ts'
import { registerSampleRoutes } from './simulation/reference/routes.ts'
import { registerSimulationRoutes } from './simulation/routes.ts'
import { Problem } from './kernel/problem.ts'
import type { Bundle } from './programmes/bundle.ts'
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
import { movedRelations } from './app/person-tables.ts'
import { readSourceStates } from './households/registry-state.ts'
import { followLoad, followSubstitution } from './households/follow-load.ts'
import { registerLoadRoutes } from './warehouse/loads/routes.ts'
import { registerSubstitutionRoutes } from './warehouse/substitutions/routes.ts'
import { loadRegistryDefinitions, type RegistryDefinition } from './warehouse/registry-definition.ts'
import { personOf } from './warehouse/identity-vault.ts'
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
  const definitions = loadRegistryDefinitions()
  const freshness = definitions.map(({ id, custodian, freshness }) => ({ registry: id, custodian, ...freshness }))
  registerDraftRoutes(app, { database, registryAges: async () => readSourceStates(database.pool, freshness, await today()) })
  registerEditorSchemaRoutes(app, { versions, today })
  registerDifferenceRoutes(app, { db: database.pool, versions, today })
  const providers = { ...noProviders, differenceOf: compareBundles }
  const authoring = { policy: shippedApprovalPolicy(), grantsMissing: grantsMissingIn(database.pool), providers }
  registerChangeSetRoutes(app, { database, versions, today, ...authoring })
  // What is derived of the data is told by the rights that PostgreSQL reports for the entity too.
  const rights = grants ? (grants.reported ?? grants.rights) : held.reported
  const deps: DeterminationDeps & Viewing = {
    rights,
    database,
    versions,
    freshness,
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
    definitions,
    timeZone: config.timeZone,
    today,
    onChanged: enqueueFollowing,
    onApplied: createChangeMetrics(metrics.registry, { database, freshness: deps.freshness, today }),
  })
  registerStandingRoutes(app, { database })
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
  registerSampleRoutes(app, { database, versions, today, dataDirectory: config.dataDirectory })
  registerFitRoutes(app, { database, versions, today })
  registerQueries(app, database, config, grants ?? held)
  registerGrantRoutes(app, {
    database,
    grants: held,
    timeZone: config.timeZone,
    isEntity: (id) => entityExists(database.pool, id),
    ...grantable(versions, today, definitions),
  })
  registerDataProtectionRoutes(app, {
    database,
    registries: async () => definitions,
    timeZone: config.timeZone,
    subjectRequestDays: config.subjectRequestDays,
    versions,
    purposes,
    grants: async () =>
      (await grantsInForce(database.pool, isoOfDay(await today()))).map((grant) => ({ ...grant, items: standing(grant) })),
  })
  registerLoadRoutes(app, {
    database,
    definitionOf: (registry) => definitions.find(({ id }) => id === registry),
    dataDirectory: config.dataDirectory,
    loadBytesMax: config.loadBytesMax,
    onChanged: enqueueFollowing,
    onLoaded: async (definition, { seq }) =>
      void (await followLoad(database, { registry: definition.id, seq, personColumns: personColumns(definition) })),
  })
  registerSubstitutionRoutes(app, {
    database,
    definitions,
    relations: movedRelations,
    onChanged: enqueueFollowing,
    onSubstituted: (persons) => followSubstitution(database, persons),
  })
  chainWhileListening(app, database, config)
  return app
}

/** What can be granted; before anything is in force that is registries alone. */
function grantable(
  versions: Versions,
  today: () => Promise<number>,
  definitions: readonly RegistryDefinition[],
): Pick<GrantDeps, 'registries' | 'factCustodians' | 'programmesOf'> {
  const now = async (): Promise<Pick<Bundle, 'catalogue' | 'programmes'> | null> =>
    versions.inForce(await today()).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'nothing-in-force') return null
      throw error
    })
  return {
    registries: async () => [
      ...definitions,
      ...((await now())?.programmes ?? []).map(({ id, programme }) => listRegistry(id, programme.source.agency)),
    ],
    factCustodians: async () => new Map([...((await now())?.catalogue.facts ?? [])].map(([id, { custodian }]) => [id, custodian])),
    programmesOf: async (entity) =>
      ((await now())?.programmes ?? []).flatMap(({ id, programme }) => (programme.source.agency === entity ? [id] : [])),
  }
}
/** A person is known by references of the vault, past ones too, and by households: what the rooms above the audit log know. */
function historyDeps(audit: AuditDeps, versions: Versions): HistoryDeps {
  const { pool } = audit.database
  return {
    ...audit,
    subjectOf: async (nationalId) => {
      const personRef = await personOf(pool, nationalId)
      return personRef === null ? null : subjectOfPerson(pool, personRef)
    },
    entityNames: (ids) => entityNames(pool, ids),
    purposeWords: (stated) =>
      processingRegister.records.find(({ purpose }) => purpose.en === stated)?.purpose ?? { en: stated, ar: stated },
    factsOf: async (versionSet) => {
      // What was determined with versions that are not kept any more is told without its facts.
      const bundle = await versions.byHash(versionSet).catch(() => null)
      const { facts } = bundle?.catalogue ?? { facts: new Map<string, never>() }
      return [...(bundle ? factsAssembled(bundle) : [])].map((id) => ({ id, label: facts.get(id)?.label ?? { en: id, ar: id } }))
    },
  }
}

function registerQueries(app: Server, database: Database, config: AppDeps['config'], grants: NonNullable<AppDeps['grants']>): void {
  let secret: Promise<Uint8Array> | null = null
  const definitions = loadRegistryDefinitions()
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
    registries: async () => definitions,
    rights: grants.rights,
    connectionOf: grants.connectionOf,
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

/** Chains audit events while the service listens and signs where the chain ends; each new head goes to the log, which is outside the database. */
function chainWhileListening(app: Server, database: Database, config: AppDeps['config']): void {
  let sequencer: Sequencer | null = null
  app.addHook('onListen', async () => {
    sequencer = chainAndSign(database, {
      everyMs: config.auditChainMs,
      signEveryMs: config.auditCheckpointSeconds * 1_000,
      dataDirectory: config.dataDirectory,
      onHead: ({ seq, hash }) => app.log.info({ auditSeq: seq, auditHash: hash }, 'audit events chained'),
      onCheckpoint: ({ checkpoint: { number, seq, hash, keyId } }) =>
        app.log.info({ auditCheckpoint: number, auditSeq: seq, auditHash: hash, keyId }, 'audit checkpoint'),
      onError: (error) => app.log.error({ err: error }, 'audit events wait to be chained'),
    })
  })
  app.addHook('onClose', async () => sequencer?.stop())
}
