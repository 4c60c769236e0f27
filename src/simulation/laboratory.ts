/** The nation in memory for those who ask "what if": one copy of its columns, however many analysts; the baseline decided once. */
import { Problem, problem } from '../kernel/problem.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { populationRows } from '../targeting/run/decide-snapshot.ts'
import { gather } from '../targeting/run/gather.ts'
import { extendResident, openResident, slotsResident } from '../targeting/run/resident-nation.ts'
import { openThreads } from '../targeting/run/thread-pool.ts'
import { type Baseline, decisionInputs, openBaseline } from './baseline.ts'
import { cellSecret, recordKeys } from '../access/disclosure/cell-keys.ts'
import type { BothAsked, BothDecided } from './both-decided.ts'
import { checkScenarios } from './check-scenarios.ts'
import { changedFacts, overlayFacts } from './changed-facts.ts'
import { compareRanks, type RankComparison } from './compare-ranks.ts'
import { decide, type Decision, type Ranked } from './decide.ts'
import { enrolledExceed } from './enrolled-exceed.ts'
import { groupsOf, type LabelledBreakdown, withGroupFacts } from './groups.ts'
import { equivalenceScale } from './equivalence-scale.ts'
import type { SimulationRequest } from './scenario-schema.ts'
import type { ScenarioOutcome, SimulationOutcome } from './simulation-outcome.ts'
import { measureAlone, measureBeside, type Measuring } from './measure-decision.ts'
import { basisOf, type MeasuredBaseline, type Reference } from './measuring-basis.ts'
import { type MeasuringThreads, openMeasuringThreads } from './measuring-threads.ts'
import { madeHouseholds } from './made-households.ts'
import type { LaboratoryDeps, Told } from './laboratory-deps.ts'
import { lineOf, linesOf } from './line-of.ts'
import { withinOf } from './near-cut-offs.ts'
import { welfareOrder } from './measures/welfare-order.ts'
import { findSample } from './on-sample/open-sample.ts'
import { openSampleApart, type SampleApart } from './on-sample/sample-apart.ts'
import { samplePopulation } from './on-sample/sample-population.ts'
import { populationBreakdowns } from './population-breakdowns.ts'
import { referenceByScale, type Scalable } from './reference-by-scale.ts'
import { type AskedBy, type PopulationAsked, refuseFew, refuseOtherPopulation } from './simulated-population.ts'
import { syntheticWelfare } from './reference-welfare.ts'
import { inSharedMemory } from './shared-memory.ts'
import { type Sensitivity, sensitivityOf, type Trying } from './sensitivity.ts'

export type { LaboratoryDeps, SimulationStage, Told } from './laboratory-deps.ts'

export interface Laboratory {
  /** One at a time. `versionSet`: the baseline's versions where they were fixed before. */
  readonly simulate: (request: SimulationRequest & AskedBy, told: Told, versionSet?: string | null) => Promise<SimulationOutcome>
  /** As `simulate`, one at a time: two sets of versions decided over one population. */
  readonly decideBoth: (asked: BothAsked, told: Told) => Promise<BothDecided>
  /** What it was opened with. */
  readonly deps: LaboratoryDeps
  readonly close: () => Promise<void>
}

/** A snapshot in memory, with the threads that hold it. */
interface Bench extends Scalable {
  readonly snapshot: string
  readonly measuring: MeasuringThreads
  readonly groups: readonly LabelledBreakdown[]
  readonly keys: Uint32Array
  /** By run, versions and population. */
  readonly decided: Map<string, Decided>
}

/** A baseline decided, and what scenarios are compared by. */
interface Decided extends MeasuredBaseline {
  readonly inputs: DecisionInputs
  /** Undefined until somebody asks for it: it takes two national orders for each term. */
  sensitivity?: Sensitivity | null
}

const BASELINES_KEPT = 3

export function openLaboratory(deps: LaboratoryDeps): Laboratory {
  const stopped = new AbortController()
  let bench: Bench | null = null
  const closeBench = async (): Promise<void> => {
    const closing = bench
    bench = null
    await Promise.all([closing?.threads.close(), closing?.measuring.close()])
  }
  let sampled: SampleApart | null = null
  const closeSample = async (): Promise<void> => sampled?.close()
  const benchFor = async (baseline: Baseline, told: Told): Promise<Bench> => {
    if (bench?.snapshot === baseline.snapshot.hash) return bench
    await closeBench()
    bench = await openBench(deps, baseline, told, stopped.signal)
    return bench
  }
  const laboratory: Laboratory = {
    async simulate(request, told, versionSet = null) {
      const baseline = await openBaseline(deps, request.baseline, versionSet)
      refuseOtherPopulation(baseline, request)
      const { scenarios, errors } = checkScenarios({ ...baseline, scenarios: request.scenarios })
      if (errors.length > 0) throw problem('simulation-refused', { errors, pointer: errors[0]?.pointer ?? '' })
      const [line, within] = [lineOf(baseline, request.line), withinOf(request.withinPoints)]
      const scale = equivalenceScale(request)
      const stored = request.reference && (await findSample(deps.database.pool, request.reference, line))
      sampled = stored ? await openSampleApart(stored, baseline, told.signal) : null
      const apart = sampled
      const own = await benchFor(baseline, told)
      told.signal.throwIfAborted()
      const reference = scale ? await referenceByScale(own, baseline, scale) : own.reference
      const made = await baselineDecision(deps, own, baseline, { ...request, reference }, told)
      const { decision, inputs, population } = made
      const basis = basisOf({ ...own, reference }, made, linesOf(request, line))
      const { measured } = basis
      const { householdRefs, personRefs } = decision.nation
      const key = population.keys.reduce((sum, one) => (sum + one) % 2 ** 32, 0)
      const sample = apart && (await apart.baseline(samplePopulation(householdRefs.length, key)))
      const measuring = (): Measuring => ({ ...own, population, basis, within })
      const outcomes: ScenarioOutcome[] = []
      for (const [index, { bundle, texts }] of scenarios.entries()) {
        told.onProgress('scenario', index, scenarios.length)
        let ranks: Promise<RankComparison[]> = Promise.resolve([])
        const onRanked = (ranked: Ranked): void => {
          ranks = compareRanks(measuring(), decision, ranked)
          // Whatever stops it is thrown where it is waited for, unless deciding was stopped before.
          ranks.catch(() => undefined)
        }
        const after = await decideScenario(own, { baseline, decision, inputs, bundle, texts, onRanked }, told).catch((error: unknown) => {
          throw enrolledExceed(error, `/scenarios/${index}`)
        })
        told.onProgress('measure', index, scenarios.length)
        const [beside, onSample] = await Promise.all([
          measureBeside(measuring(), { before: decision, after, ranks }),
          apart?.measure(texts),
        ])
        outcomes.push({
          name: request.scenarios[index]?.name ?? '',
          versionSet: bundle.hash,
          ...beside,
          ...(onSample ? { onSample } : {}),
          ...(request.witnesses === true ? madeHouseholds(decision, after, baseline.asOf) : {}),
        })
      }
      const { run, snapshot } = baseline
      return {
        run: run.id,
        asOf: run.asOf,
        snapshot: snapshot.hash,
        inputs: run.inputs as string,
        versionSet: baseline.bundle.hash,
        households: householdRefs.length,
        persons: personRefs.length,
        key,
        breakdowns: population.breakdowns.map(({ codes: _codes, ...shown }) => shown),
        reference: measured && { kind: 'synthetic', line: measured.line, ...(scale ? { scale } : {}) },
        ...(sample ? { sample: sample.about } : {}),
        baseline: {
          ...(await measureAlone(measuring(), decision)),
          ...(sample ? { onSample: sample.baseline } : {}),
          ...(request.sensitivity === true ? { sensitivity: await sensitivity({ ...own, ...made, basis }, made, baseline, told) } : {}),
        },
        scenarios: outcomes,
      }
    },
    async decideBoth({ baseline, after: { bundle, texts } }, told) {
      const own = await benchFor(baseline, told)
      told.signal.throwIfAborted()
      const made = await baselineDecision(deps, own, baseline, { reference: own.reference }, told)
      const { decision, inputs, population, rows } = made
      told.onProgress('scenario', 0, 1)
      const after = await decideScenario(own, { baseline, decision, inputs, bundle, texts }, told).catch((error: unknown) => {
        throw enrolledExceed(error, '')
      })
      const { threads, resident, measuring } = own
      return { before: decision, after, population, threads, resident, measuring, rows, basis: basisOf(own, made, null) }
    },
    deps,
    async close() {
      stopped.abort()
      await Promise.all([closeBench(), closeSample()])
    },
  }
  // A thread that died is not asked again: the next question opens the nation anew.
  const afresh = async (error: unknown, { signal }: Told): Promise<never> => {
    if (!(error instanceof Problem) && !signal.aborted) await closeBench()
    throw error
  }
  return {
    ...laboratory,
    simulate: (request, told, versionSet) =>
      laboratory
        .simulate(request, told, versionSet)
        .catch((error: unknown) => afresh(error, told))
        .finally(closeSample),
    decideBoth: (asked, told) => laboratory.decideBoth(asked, told).catch((error: unknown) => afresh(error, told)),
  }
}

async function openBench(
  { database, settings }: LaboratoryDeps,
  { snapshot, assembledBy, asOf, texts, bundle }: Baseline,
  { onProgress }: Told,
  signal: AbortSignal,
): Promise<Bench> {
  const threads = await openThreads(settings.threads, { bundle: bundle.hash, texts, asOf, assembly: null }, signal)
  try {
    const wanted = withGroupFacts(assembledBy, slotsResident(bundle))
    const resident = await openResident(threads, bundle, snapshot, wanted, (done, total) => onProgress('open', done, total))
    const keyOf = recordKeys(await cellSecret(settings.dataDirectory))
    const keys = inSharedMemory(Uint32Array.from(resident.householdRefs, keyOf))
    const found = await syntheticWelfare(database.pool, resident.householdRefs)
    const reference = found && inSharedMemory({ ...found, order: welfareOrder(found.welfare, resident.persons) })
    const groups = inSharedMemory(groupsOf(bundle, resident))
    const measuring = await openMeasuringThreads(settings.threads, signal)
    return { snapshot: snapshot.hash, threads, measuring, resident, groups, keys, reference, decided: new Map() }
  } catch (error) {
    await threads.close()
    throw error
  }
}

type DecisionInputs = Awaited<ReturnType<typeof decisionInputs>>

async function baselineDecision(
  deps: LaboratoryDeps,
  bench: Bench,
  baseline: Baseline,
  { reference, ...asked }: PopulationAsked & AskedBy & { readonly reference: Reference | null },
  { onProgress, signal }: Told,
): Promise<Decided> {
  const of = JSON.stringify([baseline.run.id, baseline.bundle.hash, asked.governorates ?? null, asked.population === 'applicants'])
  // Tenths of welfare are among the groups that are compared.
  const key = `${of} ${JSON.stringify(reference?.scale ?? null)}`
  const { bundle, texts } = baseline
  // Also where it is decided: scenarios are scored from its formulas, and the threads may have forgotten them over others.
  await learn(bench, baseline, bundle, texts)
  const known = bench.decided.get(key)
  if (known && asked.isProtected) refuseFew(known.rows.length, asked)
  if (known) return known
  // By another scale nothing is decided otherwise.
  const alike = [...bench.decided].find(([other]) => other.startsWith(`${of} `))?.[1]
  if (!alike) onProgress('baseline', 0, 1)
  const inputs = alike?.inputs ?? (await decisionInputs(deps, baseline, asked))
  const request = { ...inputs, onProgress: () => undefined, signal }
  const decideAfresh = async (): Promise<Decision> =>
    decide(bench.threads, bench.resident, request).catch((error: unknown) => {
      throw enrolledExceed(error, '/baseline')
    })
  const rows = alike?.rows ?? populationRows(bench.resident, request)
  if (asked.isProtected) refuseFew(rows.length, asked)
  const decision = alike?.decision ?? (await decideAfresh())
  const [ranking] = decision.rankings
  const breakdowns = populationBreakdowns(bench.groups, rows, reference?.order ?? null, ranking)
  const [oldest] = bench.decided.keys()
  if (bench.decided.size >= BASELINES_KEPT && oldest !== undefined) bench.decided.delete(oldest)
  const made: Decided = {
    decision,
    inputs,
    rows,
    bases: new Map(),
    population: inSharedMemory({ breakdowns, keys: gather(bench.keys, rows) }),
  }
  bench.decided.set(key, made)
  return made
}

/** Of the baseline alone, so once for all who ask. Facts that follow from parameters which changed since the run are in the threads only. */
async function sensitivity(
  trying: Omit<Trying, 'texts'>,
  made: Decided,
  { assembledBy, bundle, texts, facts }: Baseline,
  { onProgress, signal }: Told,
): Promise<Sensitivity | null> {
  if (made.sensitivity !== undefined) return made.sensitivity
  const onTerm = (done: number, total: number): void => onProgress('sensitivity', done, total)
  const isKnown = changedFacts(assembledBy, bundle, facts).length === 0
  made.sensitivity = isKnown ? await sensitivityOf(made.decision, { ...trying, texts }, { onTerm, signal }) : null
  return made.sensitivity
}

interface ScenarioRequest {
  readonly baseline: Baseline
  readonly decision: Decision
  readonly inputs: DecisionInputs
  readonly bundle: Bundle
  readonly texts: Baseline['texts']
  readonly onRanked?: (ranked: Ranked) => void
}

async function decideScenario(
  bench: Bench,
  { baseline, decision, inputs, bundle, texts, onRanked = () => undefined }: ScenarioRequest,
  { signal }: Told,
): Promise<Decision> {
  await learn(bench, baseline, bundle, texts)
  const changed = changedFacts(decision.bundle, bundle, baseline.facts)
  return decide(
    bench.threads,
    bench.resident,
    { ...inputs, bundle, onProgress: () => undefined, onRanked, signal },
    { baseline: decision, changedFacts: new Set(changed.map(({ id }) => id)) },
  )
}

/** Shows the threads the versions, and whatever columns they read that are not in memory yet or have other values under them. */
async function learn(bench: Bench, { assembledBy, facts, asOf }: Baseline, bundle: Bundle, texts: Baseline['texts']): Promise<void> {
  await bench.threads.tell({ kind: 'learn', bundle: bundle.hash, texts })
  const resident = await extendResident(bench.threads, bench.resident, slotsResident(bundle))
  bench.resident = await overlayFacts(bench.threads, resident, bundle, changedFacts(assembledBy, bundle, facts), asOf)
}
