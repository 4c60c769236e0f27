/** Why one unit of a run is selected, waitlisted, left out, or not listed: by its position in a list, or by its reference. */
import type { FastifyRequest } from 'fastify'
import { recordEvent } from '../../audit/audit-event.ts'
import type { Viewing } from '../../determinations/eyes/eyes.ts'
import { audited } from '../../http/audited.ts'
import { mayReadAddresses, principalOf } from '../../http/security.ts'
import type { Server } from '../../http/server.ts'
import { Problem, problem } from '../../kernel/problem.ts'
import { openFields, refuseUntold, unitRefs } from '../lists/open-fields.ts'
import { latestList, type ListHeader, listOfRun, listPage } from '../lists/list-store.ts'
import { isKeptFrom } from '../lists/shown-page.ts'
import { type AskedUnit, explainUnit, type UnitExplanation } from './explain-unit.ts'
import { type ExplainDeps, explainedRun } from './explained-run.ts'
import { ExplanationRequest, PositionParams, ReaderQuery, RunPositionParams, UnitExplanationAnswer } from './schema.ts'
import { RunParams } from '../runs/schema.ts'

const tags = ['targeting']
const config = { permission: 'ranked-lists:explain', purpose: 'explaining a place in a ranked list to those it concerns' } as const
const MAX_BODY_BYTES = 4_096
/** More members than any household has. */
const UNITS_MAX = 500

type Deps = ExplainDeps & Viewing

export function registerExplainRoutes(app: Server, deps: Deps): void {
  const { database } = deps
  const response = { 200: UnitExplanationAnswer }
  const common = {
    tags,
    description:
      "Facts, score and rule from the run's own snapshot, with its registries' loads; values that the reader may not see stay hidden, as in " +
      'determinations. Answered 410 when the snapshot is no longer kept.',
    querystring: ReaderQuery,
    response,
  }
  app.get(
    '/v1/programmes/:programme/ranked-list/:position',
    { config, schema: { ...common, summary: 'A unit of the list in force, explained', params: PositionParams } },
    async (request) => {
      const { programme, position } = request.params
      return atPosition(deps, request, await latestList(database.pool, programme), position, request.query.readerRef)
    },
  )
  app.get(
    '/v1/runs/:run/programmes/:programme/ranked-list/:position',
    { config, schema: { ...common, summary: "A unit of a run's list, explained", params: RunPositionParams } },
    async (request) => {
      const { run, programme, position } = request.params
      return atPosition(deps, request, await listOfRun(database.pool, run, programme), position, request.query.readerRef)
    },
  )
  const schema = {
    tags,
    summary: 'Why a household, or a member, is in the list of a run or is not',
    description:
      'For anybody in the population of the run, also those who are not eligible and so in no list. Where a rule reads a rank and no list ' +
      "tells it, the run's population is ranked again from the snapshot: that takes seconds for the nation, once for each run.",
    params: RunParams,
    body: ExplanationRequest,
    response,
  }
  app.post('/v1/runs/:run/explanations', { config, schema, bodyLimit: MAX_BODY_BYTES }, async (request) => {
    const { programme, householdRef, personRef = null, readerRef = null } = request.body
    const list = await listOfRun(database.pool, request.params.run, programme)
    if (!list) throw problem('ranked-list-not-found')
    if ((list.unit === 'person') !== (personRef !== null))
      throw problem('request-invalid', {
        pointer: '/personRef',
        expected: list.unit === 'person' ? 'a person: this programme judges persons' : 'nothing: this programme judges households',
      })
    const find = async (): Promise<FoundUnit> => {
      // As any household that the run was not about, whichever governorates it was about.
      if (await isKeptFrom(database.pool, list, householdRef, mayReadAddresses(request))) throw problem('unit-not-in-run')
      const units = await listPage(database.pool, list.number, { householdRef }, 0, UNITS_MAX)
      return { householdRef, personRef, listed: units.find((unit) => unit.personRef === personRef) ?? null }
    }
    return explainAudited(deps, request, list, { named: { householdRef, personRef }, readerRef, find })
  })
}

async function atPosition(
  deps: Deps,
  request: FastifyRequest,
  list: ListHeader | null,
  position: number,
  readerRef: number | null = null,
): Promise<UnitExplanation> {
  if (!list) throw problem('ranked-list-not-found')
  const find = async (): Promise<FoundUnit> => {
    const [listed] = await listPage(deps.database.pool, list.number, {}, position - 1, 1)
    const isKept = listed && (await isKeptFrom(deps.database.pool, list, listed.householdRef, mayReadAddresses(request)))
    if (listed?.position !== position || isKept) throw problem('unit-not-in-list', { pointer: 'params/position' })
    const { householdRef, personRef } = listed
    return { householdRef, personRef, listed }
  }
  return explainAudited(deps, request, list, { named: null, readerRef, find })
}

type FoundUnit = Pick<AskedUnit, 'householdRef' | 'personRef' | 'listed'>

interface Asking {
  /** Whom the request itself names; null where it names a place in the list. */
  readonly named: Pick<AskedUnit, 'householdRef' | 'personRef'> | null
  readonly readerRef: number | null
  /** Looks into the list. */
  readonly find: () => Promise<FoundUnit>
}

/** A refusal is a read of the household too: it tells whether the run was about it. */
async function explainAudited(deps: Deps, request: FastifyRequest, list: ListHeader, asking: Asking): Promise<UnitExplanation> {
  const { readerRef, find } = asking
  let about = asking.named
  const record = (outcome: string, read: readonly string[]): Promise<string> =>
    recordEvent(
      deps.database.pool,
      audited(request, {
        action: 'ranked-list.unit-explained',
        ...(about === null ? {} : { householdRef: about.householdRef }),
        ...(about === null || about.personRef === null ? {} : { personRef: about.personRef }),
        outcome,
        read,
        objects: [`run:${list.runId}`, `list:${list.programme}:${list.rootHash}`],
      }),
    )
  try {
    const viewer = await deps.rights(principalOf(request).entity)
    // Before anything of the run is looked at: whether it is kept, was about the household, or lists so many, is for those who may see the list.
    const { fields } = await openFields(deps.versions, list, viewer)
    // What became of the unit is told in any case and, of a place, whose it is.
    refuseUntold({ fields }, ['status', ...(about === null ? unitRefs(list) : [])])
    const found = await find()
    about = found
    const asked = { ...found, readerRef, mayReadAddresses: mayReadAddresses(request) }
    const explanation = await explainUnit(deps, await explainedRun(deps, list), asked, { viewer, fields })
    const readers = explanation.reader ? [`reader:${explanation.reader.personRef}`] : []
    await record(explanation.selection.status ?? explanation.outcome, [`facts:${list.versionSet}`, ...readers])
    return explanation
  } catch (error) {
    if (error instanceof Problem) await record(error.code, readerRef === null ? ['membership'] : ['membership', `reader:${readerRef}`])
    throw error
  }
}
