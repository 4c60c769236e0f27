/** A snapshot: the facts of a population frozen as of a date, in column files, named by the hash of a manifest that names each of them. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUCKETS } from '../../warehouse/replica/refresh-registry.ts'
import type { Replica } from '../../warehouse/replica/open-replica.ts'
import type { DeclaredAnswers } from '../../households/declared.ts'
import type { AssembledRange } from '../../households/nation/assemble-range.ts'
import { isColumnFile } from '../../households/nation/column-file.ts'
import type { HomeRange } from '../../households/nation/read-chunk.ts'
import { canonicalJson, sha256 } from '../../kernel/canonical.ts'
import type { OpenedPart, OpenedParts, PartFile, RenewedAndOpened } from './tasks.ts'
import type { ThreadPool } from './thread-pool.ts'

/**
 * How facts are made of rows. Moves on when the same rows under the same versions come to other facts or columns: a change of assembly,
 * of an aggregate or an expression, or of the column file. Then nobody's facts are taken over from what older code wrote.
 */
export const ASSEMBLY_FORM = 'mizan assembly 1'

/** Everything that the facts come from. */
export interface SnapshotSources {
  /** ASSEMBLY_FORM of the code that made it; absent in snapshots from before it was named. */
  readonly assembly?: string
  readonly asOf: string
  readonly versionSet: string
  /** Hash of what the replica holds. */
  readonly replica: string
  /** Registries that count on that day. */
  readonly usable: readonly string[]
  /** Hash of what was declared. */
  readonly declared: string
  /** Hash of who is served by programmes whose status is a fact; absent in snapshots from before it was one. */
  readonly served?: string
}

export interface SnapshotPart {
  readonly from: number
  readonly to: number
  readonly households: number
  readonly persons: number
  readonly hash: string
}

export interface Snapshot {
  /** SHA-256 of the manifest's canonical JSON. */
  readonly hash: string
  readonly folder: string
  readonly manifest: { readonly sources: SnapshotSources; readonly parts: readonly SnapshotPart[] }
}

/** Homes of one part: small enough that the columns of one fit a thread many times over. */
export const HOMES_PER_PART = 16_384

export const partFiles = ({ folder, manifest }: Snapshot): PartFile[] =>
  manifest.parts.map(({ from, hash }) => ({ path: join(folder, partName(from)), hash }))

/** Before the hash of the sources, the name of the folder in which a snapshot is built. */
export const BUILDING = 'building-'

const partName = (from: number): string => `${String(from).padStart(12, '0')}.columns`

/** Ranges of homes that hold anybody. */
export async function homeRanges({
  connection,
}: Replica): Promise<{ readonly households: HomeRange[]; readonly nobody: HomeRange; readonly relatives: number }> {
  const [row] = (
    await connection.runAndReadAll('SELECT coalesce(max(home), 0)::DOUBLE, (SELECT count(*)::DOUBLE FROM relative) FROM member')
  ).getRows()
  const [last, relatives] = (row ?? [0, 0]).map(Number) as [number, number]
  const count = Math.floor(last / HOMES_PER_PART) + 1
  return {
    households: Array.from({ length: count }, (_, n) => ({ from: n * HOMES_PER_PART, to: (n + 1) * HOMES_PER_PART })),
    nobody: { from: -BUCKETS, to: 0 },
    relatives,
  }
}

/** A snapshot of the same day, versions and registries, and every household whose facts may be others since. */
export interface SnapshotBase {
  readonly snapshot: Snapshot
  /** Ascending. */
  readonly homes: Float64Array
  /** Facts of theirs that may be others; null: any. */
  readonly facts: ReadonlySet<string> | null
}

export interface SnapshotRequest {
  readonly threads: ThreadPool
  readonly ranges: { readonly households: readonly HomeRange[]; readonly nobody: HomeRange }
  readonly declared: ReadonlyMap<number, DeclaredAnswers>
  readonly sources: SnapshotSources
  readonly snapshots: string
  /** Hears the hash of the sources, by which unfinished parts are found again, before anything is written. */
  readonly onSources: (hash: string) => Promise<void>
  /** Looks for an earlier snapshot to begin from; null: there is none that would spare anything. */
  readonly findBase: (sources: SnapshotSources) => Promise<SnapshotBase | null>
  readonly onProgress: (stage: 'relatives' | 'facts', done: number, total: number) => void
}

/** `opened`: parts that were read and checked while it was made; their columns that a run reads need not be read again. */
export interface AssembledSnapshot {
  readonly snapshot: Snapshot
  readonly opened: OpenedParts
}

/**
 * Assembles what is not there yet, from an earlier snapshot where one is near. Parts that an interrupted run left behind are used
 * again: their folder is named by the hash of the sources, and each part's hash stands beside it.
 */
export async function assembleSnapshot(request: SnapshotRequest): Promise<AssembledSnapshot> {
  const { ranges, sources, snapshots, onSources, onProgress } = request
  const key = sha256(canonicalJson(sources))
  const opened = new Map<string, OpenedPart>()
  const finished = await readSnapshot(snapshots, key)
  if (finished) return { snapshot: finished, opened }
  await onSources(key)
  const building = join(snapshots, `${BUILDING}${key}`)
  await mkdir(building, { recursive: true })
  const missingParts = async (): Promise<HomeRange[]> => {
    const left = await Promise.all(ranges.households.map((range) => readPart(building, range)))
    return ranges.households.filter((_, index) => !left[index])
  }
  const missing = await missingParts()
  if (missing.length > 0) {
    let done = ranges.households.length - missing.length
    const keep = async ({ from, to }: HomeRange, { households, persons, hash }: AssembledRange): Promise<void> => {
      const part: SnapshotPart = { from, to, households, persons, hash }
      const path = join(building, `${partName(from)}.json`)
      await writeFile(`${path}.part`, canonicalJson(part), { flush: true })
      await rename(`${path}.part`, path)
      onProgress('facts', ++done, ranges.households.length)
    }
    const base = await request.findBase(sources)
    const keepOpened: Keep<RenewedAndOpened> = async (range, assembled) => {
      await keep(range, assembled)
      if (assembled.opened) opened.set(assembled.hash, assembled.opened)
    }
    if (!base || !(await renewMissing(request, base, building, missing, keepOpened).then(() => true, isOfBase)))
      await assembleMissing(request, building, await missingParts(), keep)
  }
  const parts = (await Promise.all(ranges.households.map((range) => readPart(building, range)))) as SnapshotPart[]
  const manifest = { sources, parts }
  await writeFile(join(building, 'manifest.json'), canonicalJson(manifest), { flush: true })
  const hash = sha256(canonicalJson(manifest))
  const folder = join(snapshots, hash)
  await rm(folder, { recursive: true, force: true })
  await rename(building, folder)
  await writeFile(join(snapshots, `${key}.hash`), hash)
  return { snapshot: { hash, folder, manifest }, opened }
}

/** False, to assemble everybody, where the earlier snapshot is not what it was; throws what else went wrong. A thread's failure comes as text only. */
function isOfBase(error: unknown): false {
  if (error instanceof Error && /is not the (file|column) that was written|households moved|ENOENT/.test(error.message)) return false
  throw error
}

type Keep<T = AssembledRange> = (range: HomeRange, assembled: T) => Promise<void>

async function assembleMissing(
  { threads, ranges, declared, onProgress }: SnapshotRequest,
  building: string,
  missing: readonly HomeRange[],
  keep: Keep,
): Promise<void> {
  const elsewhere = [ranges.nobody, ...ranges.households]
  let done = 0
  await threads.perform(
    elsewhere.map((range) => ({ kind: 'elsewhere' as const, range })),
    () => onProgress('relatives', ++done, elsewhere.length),
  )
  const answers = declaredByPart(declared)
  const tasks = missing.map((range) => ({
    kind: 'assemble' as const,
    range,
    path: join(building, partName(range.from)),
    declared: answers.get(range.from) ?? new Map(),
  }))
  await threads.perform(tasks, (index, assembled) => keep(missing[index] as HomeRange, assembled))
}

/** Each task scans the replica once for the homes of many parts. */
async function renewMissing(
  { threads, declared }: SnapshotRequest,
  { snapshot, homes, facts }: SnapshotBase,
  building: string,
  missing: readonly HomeRange[],
  keep: Keep<RenewedAndOpened>,
): Promise<void> {
  const known = new Map(snapshot.manifest.parts.map((part) => [part.from, part]))
  const groups = groupsOf(missing, homes, threads.count)
  const tasks = groups.map(({ ranges, homes: own }) => {
    const parts = ranges.map((range) => {
      const base = known.get(range.from)
      return {
        range,
        path: join(building, partName(range.from)),
        base: base ? { ...base, path: join(snapshot.folder, partName(range.from)) } : null,
      }
    })
    const answers = [...own].flatMap((home): [number, DeclaredAnswers][] => {
      const one = declared.get(home)
      return one ? [[home, one]] : []
    })
    return { kind: 'renew' as const, parts, homes: own, facts, declared: new Map(answers) }
  })
  await threads.perform(tasks, async (index, renewed) => {
    for (const [place, assembled] of renewed.entries()) await keep(groups[index]?.ranges[place] as HomeRange, assembled)
  })
}

/** The snapshot of these sources, if it was finished before. */
async function readSnapshot(snapshots: string, key: string): Promise<Snapshot | null> {
  const hash = await readFile(join(snapshots, `${key}.hash`), 'utf8').catch(() => null)
  return hash === null ? null : openSnapshot(snapshots, hash)
}

/** A snapshot by its name; null when it is not there. */
export async function openSnapshot(snapshots: string, hash: string): Promise<Snapshot | null> {
  const folder = join(snapshots, hash)
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => null)
  if (text === null) return null
  if (sha256(text) !== hash) throw new Error(`the manifest of snapshot ${hash} is not the one it was named by`)
  return { hash, folder, manifest: JSON.parse(text) as Snapshot['manifest'] }
}

/** Null where it is not there whole: the power may have gone while it was written. */
async function readPart(building: string, { from }: HomeRange): Promise<SnapshotPart | null> {
  const path = join(building, partName(from))
  const text = await readFile(`${path}.json`, 'utf8').catch(() => '')
  const part = text === '' ? null : (JSON.parse(text) as SnapshotPart)
  return part && (await isColumnFile(path, part.hash)) ? part : null
}

type DeclaredBy = ReadonlyMap<number, DeclaredAnswers>

/** By the first home of the part; once for all parts, for a nation may have declared something. */
function declaredByPart(declared: DeclaredBy): ReadonlyMap<number, DeclaredBy> {
  const parts = new Map<number, Map<number, DeclaredAnswers>>()
  for (const [ref, answers] of declared) {
    const from = Math.floor(ref / HOMES_PER_PART) * HOMES_PER_PART
    const part = parts.get(from) ?? new Map<number, DeclaredAnswers>()
    parts.set(from, part.set(ref, answers))
  }
  return parts
}

/** Side by side, with about as much to do each, for every thread at least one: a group of few would be another scan of the replica. */
function groupsOf(ranges: readonly HomeRange[], homes: Float64Array, threads: number): { ranges: HomeRange[]; homes: Float64Array }[] {
  const count = Math.max(threads, Math.ceil(homes.length / HOMES_PER_PART))
  const groups = Array.from({ length: count }, () => ({ ranges: [] as HomeRange[], homes: [] as number[] }))
  const own = ranges.map(({ from, to }) => homes.filter((home) => home >= from && home < to))
  const work = own.reduce((total, { length }) => total + 1 + length, 0)
  let before = 0
  for (const [index, range] of ranges.entries()) {
    const group = groups[Math.floor((before * count) / work)] as (typeof groups)[number]
    const found = own[index] as Float64Array
    group.ranges.push(range)
    group.homes.push(...found)
    before += 1 + found.length
  }
  return groups.flatMap((group) => (group.ranges.length === 0 ? [] : [{ ranges: group.ranges, homes: Float64Array.from(group.homes) }]))
}
