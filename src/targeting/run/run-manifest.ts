/** What a run's manifest says besides its lists: every hash and count that it stands on. */
import type { AnswersHeld, SourceState } from '../../households/assembled.ts'
import { UNKNOWN } from '../../kernel/truth.ts'
import type { rankingInManifest } from '../rankings/run-ranking.ts'
import type { JudgedNation } from './judged-nation.ts'
import type { RunInputs } from './run-inputs.ts'

export type RankingEntry = ReturnType<typeof rankingInManifest>

/** What the run was asked for, as it is stored. */
export interface AskedOfRun {
  readonly population: RunInputs['population']
  readonly governorates: readonly string[]
  /** Entity whose registrants it is about; absent for all. */
  readonly registeredBy?: string
  readonly despiteRegistries: boolean
  readonly undeterminedPercentMax: number
}

export interface ManifestParts {
  readonly asOf: string
  readonly cycle: string
  readonly request: AskedOfRun
  readonly versionSet: string
  readonly sourceSet: string
  /** By registry that was asked live and that facts read; absent where there is none. */
  readonly answers?: ReturnType<typeof answersInManifest>
  readonly snapshot: string
  readonly inputs: string
  /** Of the Node that computed it. */
  readonly node: string
}

export type RunManifest = ManifestParts & {
  readonly putInForce: boolean
  readonly households: number
  readonly persons: number
  readonly sampled: number
  readonly undetermined: readonly UndeterminedShare[]
  /** By formula; absent in runs whose lists are not put in force, and in those from before rankings were kept. */
  readonly rankings?: readonly RankingEntry[]
  /** Units that hold a place and do not meet the conditions; absent where there are none, and in runs from before they were counted. */
  readonly conditionsUnmet?: readonly UnmetCount[]
}

export interface UnmetCount {
  readonly programme: string
  readonly units: number
}

export function runManifest(
  { asOf, cycle, request, versionSet, sourceSet, answers, snapshot, inputs, node }: ManifestParts,
  { nation, sampled }: { readonly nation: JudgedNation; readonly sampled: number },
  { rankings, unmet }: { readonly rankings: readonly RankingEntry[]; readonly unmet: readonly UnmetCount[] },
): RunManifest {
  return {
    asOf,
    cycle,
    request,
    versionSet,
    sourceSet,
    ...(answers && answers.length > 0 ? { answers } : {}),
    snapshot,
    inputs,
    node,
    putInForce: putsInForce(request),
    households: nation.householdRefs.length,
    persons: nation.personRefs.length,
    sampled,
    undetermined: undeterminedShares(nation),
    ...(rankings.length > 0 ? { rankings } : {}),
    ...(unmet.length > 0 ? { conditionsUnmet: unmet } : {}),
  }
}

/** What the sources say of registries that are asked person by person: how many persons have an answer, the oldest and the newest. */
export const answersInManifest = (sources: readonly SourceState[]): (AnswersHeld & { readonly registry: string })[] =>
  sources.flatMap(({ registry, answers }) => (answers ? [{ registry, ...answers }] : []))

/** Lists of some governorates, or of one entity's registrants, do not take the place of those of the whole country. */
export const putsInForce = ({ governorates = [], registeredBy }: Partial<Pick<AskedOfRun, 'governorates' | 'registeredBy'>>): boolean =>
  governorates.length === 0 && registeredBy === undefined

export interface UndeterminedShare {
  readonly programme: string
  readonly units: number
  readonly undetermined: number
  readonly percent: number
}

/** By programme: units whose rule stays undetermined, of all that were judged. */
export const undeterminedShares = ({ programmes }: JudgedNation): UndeterminedShare[] =>
  programmes.map(({ programme, truth }) => {
    let undetermined = 0
    for (const one of truth) if (one === UNKNOWN) undetermined++
    const percent = truth.length === 0 ? 0 : Math.ceil((100 * undetermined) / truth.length)
    return { programme, units: truth.length, undetermined, percent }
  })
