/** One version of something that decides: its text as written, its content hash, and when it is in force. */
import { contentHash } from '../kernel/canonical.ts'

export const versionKinds = [
  'registry',
  'codeLists',
  'catalogue',
  'definition',
  'parameter',
  'formula',
  'rule',
  'programme',
  'cases',
] as const
export type VersionKind = (typeof versionKinds)[number]

/** A text before it has a number: a rule or formula carries its own, the others are numbered when they are stored. */
export interface VersionText {
  readonly kind: VersionKind
  readonly id: string
  readonly version: number | null
  readonly hash: string
  /** Byte for byte. */
  readonly source: string
  readonly json: unknown
  readonly effectiveFrom: string
  readonly effectiveTo: string | null
}

export interface VersionRef {
  readonly kind: VersionKind
  readonly id: string
  readonly version: number
  readonly hash: string
}

/** From which day what has no date of its own holds. */
export const ALWAYS = '0001-01-01'
/** Kinds whose files state their own version. */
const numbered = new Set<VersionKind>(['formula', 'rule'])

/** Names a parsed text; throws when a kind that carries its own version does not. */
export function versionText(kind: VersionKind, id: string, source: string, json: unknown): VersionText {
  const { version, effectiveFrom, effectiveTo } = (json ?? {}) as { version?: unknown; effectiveFrom?: unknown; effectiveTo?: unknown }
  if (numbered.has(kind) && !Number.isInteger(version)) throw new Error(`${kind} ${id} states no version`)
  return {
    kind,
    id,
    version: numbered.has(kind) ? (version as number) : null,
    hash: contentHash(json),
    source,
    json,
    effectiveFrom: typeof effectiveFrom === 'string' ? effectiveFrom : ALWAYS,
    effectiveTo: typeof effectiveTo === 'string' ? effectiveTo : null,
  }
}

/** Total order of versions, so that a set of them has one text and one hash. */
export const compareRefs = (a: VersionRef, b: VersionRef): number =>
  compare(versionKinds.indexOf(a.kind), versionKinds.indexOf(b.kind)) || compare(a.id, b.id) || a.version - b.version

const compare = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
