/** Holds a published run against its manifest: what is stored of it today, and what comes out when it is computed again from what it was computed from. */
import { createHash } from 'node:crypto'
import { outcomesOf } from '../../audit/outcomes-of.ts'
import type { Database } from '../../db/database.ts'
import { holdLock } from '../../jobs/held-lock.ts'
import { canonicalJson, sha256 } from '../../kernel/canonical.ts'
import { check, differs } from '../../kernel/check.ts'
import { problem } from '../../kernel/problem.ts'
import { listInManifest, manifestWithLists } from '../lists/list-manifest.ts'
import type { AreaCodes } from '../lists/area-codes.ts'
import { thousandths } from '../lists/list-cells.ts'
import { listLines } from '../lists/list-lines.ts'
import { ListTraits } from '../lists/list-traits.ts'
import { type Decided, governorateCodes, listsChecked } from '../run/decide-snapshot.ts'
import { NATION_LOCK } from '../run/nation-lock.ts'
import type { OnProgress } from '../run/perform-run.ts'
import { decideInputs } from '../run/run-inputs.ts'
import { storedRankings } from '../rankings/ranking-store.ts'
import { rankingInManifest, rankingsOf } from '../rankings/run-ranking.ts'
import { type RankingEntry, type RunManifest, runManifest } from '../run/run-manifest.ts'
import { decideAgain, type RunSettings } from '../run/run-nation.ts'
import { readRun, type StoredRun } from '../run/run-store.ts'
import { judgedPlaces, unmetPlaces } from '../run/settle-enrolled.ts'
import type { ProgrammeList } from '../run/select.ts'
import { placeCodesOf } from '../run/unit-places.ts'
import { keptRun, type KeptRun } from './kept-run.ts'
import type { RunCheck } from './run-check.ts'
import { type StoredHeader, storedHeaders, storedRows } from './stored-list.ts'
import { storedTraitsHash, traitsHash } from './traits-hash.ts'

type ListEntry = ReturnType<typeof listInManifest>
type FullManifest = RunManifest & { readonly lists: readonly ListEntry[] }
type PublishedRun = StoredRun & { readonly manifest: string; readonly manifestHash: string }

export interface Verifying {
  readonly onProgress: OnProgress
  readonly signal: AbortSignal
}

/** Yields each check as soon as it is made: what stands in the database first, then what is kept, then the run computed again. */
export async function* verifyRun(
  database: Database,
  settings: RunSettings,
  id: string,
  { onProgress, signal }: Verifying,
): AsyncGenerator<RunCheck> {
  const run = await publishedRun(database, id)
  const whole = check('manifest', differs('SHA-256', run.manifestHash, sha256(run.manifest)))
  yield whole
  const told = await outcomesOf(database.pool, 'run.published', id)
  yield check('audit', differs('run.published', `manifest ${run.manifestHash}`, told.join()))
  // Nothing is looked for under names that nobody vouches for.
  if (!whole.ok) return
  const manifest = JSON.parse(run.manifest) as FullManifest
  yield check('record', recordDiffers(run, manifest))
  const headers = new Map((await storedHeaders(database.pool, id)).map((header) => [header.programme, header]))
  const named = manifest.lists.map(({ programme }) => programme)
  yield check('lists', differs('programmes', named.toSorted().join(), [...headers.keys()].toSorted().join()))
  for (const entry of manifest.lists) yield* storedChecks(database, entry, headers.get(entry.programme))
  yield check('ranking', await rankingsDiffer(database, id, manifest.rankings ?? []))
  if (run.inputs === null) throw problem('run-not-kept', { detail: 'inputs' })
  // One run at a time has the memory, and nobody removes a snapshot meanwhile.
  const lock = await holdLock(database.pool, NATION_LOCK, { waitMs: Infinity, signal, onWait: () => onProgress('waiting', 0, 1) })
  try {
    const watched = AbortSignal.any([signal, ...(lock ? [lock.lost] : [])])
    const kept = yield* keptRun(database, settings.folder, manifest, watched)
    if (!kept) return
    const request = { ...decideInputs(kept.bundle, kept.inputs), onProgress, signal: watched }
    const decided = await decideAgain(database, settings, kept.snapshot, request)
    const lists = await listsChecked(decided.behind)
    yield* computedChecks(database, run, manifest, kept, { ...decided, lists }, headers)
  } finally {
    await lock?.release()
  }
}

async function publishedRun({ pool }: Database, id: string): Promise<PublishedRun> {
  const run = await readRun(pool, id)
  if (!run) throw problem('run-not-found')
  const { manifest, manifestHash } = run
  if (manifest === null || manifestHash === null) throw problem('run-not-published', { detail: run.status })
  return { ...run, manifest, manifestHash }
}

/** The run's row says the same as its manifest. */
const recordDiffers = (run: PublishedRun, manifest: FullManifest): string[] => [
  ...(['asOf', 'cycle', 'versionSet', 'sourceSet', 'snapshot', 'inputs'] as const).flatMap((name) =>
    differs(name, manifest[name], run[name]),
  ),
  ...differs('request', canonicalJson(manifest.request), run.request),
]

const COUNTS = ['selected', 'waitlisted', 'leftOut'] as const

/** A list as the database holds it: what is said of it, and its rows. */
async function* storedChecks(database: Database, entry: ListEntry, header: StoredHeader | undefined): AsyncGenerator<RunCheck> {
  const { programme, rootHash } = entry
  // INVARIANT: the check before said which lists are missing.
  if (!header) return
  const said = COUNTS.flatMap((count) => differs(count, entry[count], header[count]))
  yield check('header', [...differs('root hash', rootHash, header.rootHash), ...said], programme)
  const rows = await storedRows(database, header.number)
  const counted = COUNTS.flatMap((count) => differs(count, entry[count], rows[count]))
  yield check(
    'rows',
    [...differs('SHA-256', rootHash, rows.rootHash), ...differs('rows', header.eligible, rows.eligible), ...counted],
    programme,
  )
}

/** Rankings as the database holds them. */
async function rankingsDiffer(database: Database, id: string, entries: readonly RankingEntry[]): Promise<string[]> {
  const stored = await storedRankings(database, id)
  const named = entries.map(({ formula }) => formula.hash)
  return [
    ...differs(
      'formulas',
      named.toSorted().join(),
      stored
        .map(({ formulaHash }) => formulaHash)
        .toSorted()
        .join(),
    ),
    ...entries.flatMap(({ formula, households, rootHash }) => {
      const found = stored.find(({ formulaHash }) => formulaHash === formula.hash)
      return [
        ...differs('households', households, found?.households),
        ...differs('root hash', rootHash, found?.rootHash),
        ...differs('SHA-256', rootHash, found?.blocksHash),
      ].map((difference) => `${formula.id} ${difference}`)
    }),
  ]
}

/** What came out when the run was computed again. */
async function* computedChecks(
  database: Database,
  run: PublishedRun,
  manifest: FullManifest,
  { bundle, inputs }: KeptRun,
  decided: Decided,
  headers: ReadonlyMap<string, StoredHeader>,
): AsyncGenerator<RunCheck> {
  const rankings = manifest.rankings ? rankingsOf(bundle, decided.nation).map(rankingInManifest) : []
  // Runs from before they were counted say nothing of them.
  const unmet = manifest.conditionsUnmet ? unmetPlaces(judgedPlaces(decided.nation, decideInputs(bundle, inputs))) : []
  const again = runManifest(manifest, decided, { rankings, unmet })
  yield check('counts', [
    ...(['households', 'persons', 'sampled', 'putInForce'] as const).flatMap((name) => differs(name, manifest[name], again[name])),
    ...differs('undetermined', canonicalJson(manifest.undetermined), canonicalJson(again.undetermined)),
    ...differs('conditionsUnmet', canonicalJson(manifest.conditionsUnmet ?? []), canonicalJson(again.conditionsUnmet ?? [])),
  ])
  const rootHashes: string[] = []
  for (const list of decided.lists) {
    const codes = { governorates: governorateCodes(bundle), places: placeCodesOf(bundle.catalogue) }
    const traits = new ListTraits(list, codes)
    const rootHash = rootHashOf(list, decided, codes, traits)
    rootHashes.push(rootHash)
    const header = headers.get(list.programme)
    const said = manifest.lists.find(({ programme }) => programme === list.programme)
    const found = listInManifest(list, rootHash)
    const spent = thousandths(list.allocation.totals.spent, list.benefitScale)
    yield check(
      'list',
      [
        ...Object.entries(found).flatMap(([name, value]) => differs(name, said?.[name as keyof ListEntry], value)),
        ...differs('spent', header?.spent, spent),
      ],
      list.programme,
    )
    const stored = header ? await storedTraitsHash(database.pool, header) : undefined
    yield check('traits', differs('SHA-256', traitsHash(traits.end()), stored), list.programme)
  }
  yield check('ranking-again', differs('rankings', canonicalJson(manifest.rankings ?? []), canonicalJson(rankings)))
  const text = manifestWithLists(again, decided.lists, rootHashes)
  yield check('manifest-again', differs('SHA-256', run.manifestHash, sha256(text)))
}

function rootHashOf(list: ProgrammeList, { nation }: Decided, codes: AreaCodes, traits: ListTraits): string {
  const hash = createHash('sha256')
  for (const text of listLines(list, nation, codes, traits)) hash.update(text)
  return hash.digest('hex')
}
