/** A run as an organisation may be told of it: what became of a programme's units, how many and for how much, is told where its list is. */
import type { ReadRights } from '../../access/grants/read-rights.ts'
import { Problem, type ProblemCode } from '../../kernel/problem.ts'
import type { Versions } from '../../programmes/versions-in-force.ts'
import type { listInManifest } from '../lists/list-manifest.ts'
import { openFields, totalsTold, type TotalsTold } from '../lists/open-fields.ts'
import { versionsOfList } from '../lists/versions-of-list.ts'
import { type AskedOfRun, putsInForce, type UndeterminedShare, type UnmetCount } from '../run/run-manifest.ts'
import type { StoredRun } from '../run/run-store.ts'
import type { RunAnswer, RunHeader } from './schema.ts'

type OfProgramme<T> = Partial<T> & { readonly programme: string }

interface Counted {
  readonly lists: readonly OfProgramme<ReturnType<typeof listInManifest>>[]
  readonly undetermined: readonly OfProgramme<UndeterminedShare>[]
  readonly conditionsUnmet?: readonly UnmetCount[]
}

/** Problems whose detail counts units of a programme, which it begins with. */
const OF_PROGRAMME: ReadonlySet<string> = new Set<ProblemCode>(['run-undetermined-share', 'run-enrolled-exceed'])
/** Whose detail speaks of units of any programme. */
const OF_UNITS: ReadonlySet<string> = new Set<ProblemCode>(['run-disagreement'])

/** By the versions and rights of whoever asks. */
export function runTeller(versions: Versions, viewer: ReadRights): (run: StoredRun) => Promise<RunAnswer> {
  const known = new Map<string, Promise<TotalsTold>>()
  const toldOf = (versionSet: string, programme: string): Promise<TotalsTold> => {
    const key = `${versionSet}/${programme}`
    const found = known.get(key) ?? toldOfList(versions, { versionSet, programme }, viewer)
    known.set(key, found)
    return found
  }
  return async ({ actor: _actor, entity: _entity, sourceSet: _sourceSet, request, manifest, detail, ...shown }) => {
    const asked = JSON.parse(request) as Partial<AskedOfRun>
    const withheld: string[] = []
    const toldHere = async (programme = ''): Promise<TotalsTold> =>
      shown.versionSet === null ? { counts: false, money: false } : toldOf(shown.versionSet, programme)
    const toldOne = manifest === null ? null : await toldManifest(JSON.parse(manifest) as Counted, toldHere, withheld)
    return {
      ...shown,
      // What little is withheld would be found by trying values.
      manifestHash: withheld.length > 0 ? withhold(withheld, '/manifestHash') : shown.manifestHash,
      putInForce: putsInForce(asked),
      request: asked,
      manifest: toldOne,
      detail: (await mayTellDetail(versions, { ...shown, detail }, toldHere)) ? detail : withhold(withheld, '/detail'),
      withheld,
    }
  }
}

/** Of many runs: what takes a programme's versions to be told (manifest, and detail of a problem about units) is asked of one run. */
export function runHeader({
  actor: _actor,
  entity: _entity,
  sourceSet: _sourceSet,
  request,
  manifest: _manifest,
  manifestHash: _manifestHash,
  detail,
  ...shown
}: StoredRun): RunHeader {
  const asked = JSON.parse(request) as AskedOfRun
  const isOfUnits = shown.problem !== null && (OF_PROGRAMME.has(shown.problem) || OF_UNITS.has(shown.problem))
  return { ...shown, putInForce: putsInForce(asked), request: asked, detail: isOfUnits ? null : detail }
}

async function toldOfList(versions: Versions, list: Parameters<typeof openFields>[1], viewer: ReadRights): Promise<TotalsTold> {
  try {
    return totalsTold(await openFields(versions, list, viewer))
  } catch (error) {
    if (error instanceof Problem && error.code === 'facts-not-granted') return { counts: false, money: false }
    throw error
  }
}

/**
 * Without the hash of a list that is withheld: that of an empty one is known, and a row of few unknown values is found by trying them.
 * Adds the places of what it leaves out to `withheld`.
 */
async function toldManifest(manifest: Counted, told: (programme?: string) => Promise<TotalsTold>, withheld: string[]): Promise<object> {
  const lists: Counted['lists'][number][] = []
  const undetermined: Counted['undetermined'][number][] = []
  for (const [place, list] of (manifest.lists ?? []).entries()) {
    const { counts, money } = await told(list.programme)
    if (!counts) withheld.push(`/manifest/lists/${place}`)
    else if (!money) withheld.push(`/manifest/lists/${place}/spent`)
    lists.push(money ? list : counts ? withoutMoney(list) : { programme: list.programme })
  }
  for (const [place, share] of (manifest.undetermined ?? []).entries()) {
    const { counts } = await told(share.programme)
    if (!counts) withheld.push(`/manifest/undetermined/${place}`)
    undetermined.push(counts ? share : { programme: share.programme })
  }
  const { conditionsUnmet = [], ...others } = manifest
  return {
    ...others,
    lists,
    undetermined,
    ...(await toldUnmet({ lists: manifest.lists ?? [], undetermined, conditionsUnmet }, told, withheld)),
  }
}

/** That a programme is among them is a count already: whoever is told of some programmes only is told that others may be. */
async function toldUnmet(
  { lists, conditionsUnmet }: Required<Counted>,
  told: (programme?: string) => Promise<TotalsTold>,
  withheld: string[],
): Promise<Partial<Counted>> {
  const open = new Set<string>()
  for (const { programme } of lists) if ((await told(programme)).counts) open.add(programme)
  if (open.size < lists.length) withheld.push('/manifest/conditionsUnmet')
  const own = conditionsUnmet.filter(({ programme }) => open.has(programme))
  return own.length > 0 ? { conditionsUnmet: own } : {}
}

const withoutMoney = (list: Counted['lists'][number]): Counted['lists'][number] =>
  Object.fromEntries(Object.entries(list).filter(([name]) => name !== 'spent')) as typeof list

async function mayTellDetail(
  versions: Versions,
  { problem, detail, versionSet }: Pick<StoredRun, 'problem' | 'detail' | 'versionSet'>,
  told: (programme?: string) => Promise<TotalsTold>,
): Promise<boolean> {
  if (problem === null || detail === null) return true
  if (OF_PROGRAMME.has(problem)) return (await told(detail.split(':', 1)[0])).money
  if (!OF_UNITS.has(problem)) return true
  const bundle = versionSet === null ? null : await versionsOfList(versions, versionSet)
  if (bundle === null) return false
  const all = await Promise.all(bundle.programmes.map(({ id }) => told(id)))
  return all.every(({ money }) => money)
}

function withhold(withheld: string[], pointer: string): null {
  withheld.push(pointer)
  return null
}
