/** Whom a simulation is about: the population of the run that it starts from, or the part of it that the request names and the run's inputs tell. */
import { LEAST_UNITS } from '../access/disclosure/cell-noise.ts'
import { problem } from '../kernel/problem.ts'
import type { Bundle } from '../programmes/bundle.ts'
import { type DecideRequest, governorateCodes } from '../targeting/run/decide-snapshot.ts'
import type { RunInputs } from '../targeting/run/run-inputs.ts'
import type { AskedOfRun } from '../targeting/run/run-manifest.ts'
import type { StoredRun } from '../targeting/run/run-store.ts'
import { isFew } from './disclose.ts'
import type { SimulationRequest } from './scenario-schema.ts'

export type PopulationAsked = Pick<SimulationRequest, 'governorates' | 'population' | 'registeredBy'>

/** Refuses a governorate that there is not, and whomever the run was not about or cannot tell apart. */
export function refuseOtherPopulation(
  { run, bundle }: { readonly run: Pick<StoredRun, 'request'>; readonly bundle: Bundle },
  { governorates = [], population, registeredBy }: PopulationAsked,
): void {
  const asked = JSON.parse(run.request) as Partial<AskedOfRun>
  const ofRun = asked.governorates ?? []
  const codes = ofRun.length > 0 ? ofRun : governorateCodes(bundle)
  const other = governorates.findIndex((code) => !codes.includes(code))
  if (other >= 0) throw problem('request-invalid', { pointer: `/governorates/${other}`, expected: `one of ${codes.join(', ')}` })
  const whom = asked.population ?? 'registrants'
  // Those who applied are among either; a run over residents does not say who else is a registrant, nor one of registrants who else resides.
  if (population !== undefined && population !== 'applicants' && population !== whom)
    throw problem('simulation-population-differs', { pointer: '/population', expected: `${whom} or applicants` })
  if (registeredBy !== undefined && registeredBy !== asked.registeredBy)
    throw problem('simulation-population-differs', {
      pointer: '/registeredBy',
      expected: asked.registeredBy ?? 'a baseline that is a run over the registrants of that entity',
    })
}

/** What is fixed when a simulation is asked for. */
export interface AskedBy {
  /** Whoever asks may not see exact results: a population of few is not decided, since even what stops it would tell of them. */
  readonly isProtected?: true
}

/**
 * Refuses a population of one to nine households: whatever is told of it, a nought or what is not nought, is about each of them. The pointer is
 * to what makes it few.
 */
export function refuseFew(households: number, { governorates, population }: Pick<PopulationAsked, 'governorates' | 'population'>): void {
  if (!isFew(households)) return
  const pointer = governorates ? '/governorates' : population ? '/population' : '/baseline'
  const expected = `a population of ${LEAST_UNITS} households or more`
  const fault = { code: 'simulation-population-few', pointer, message: 'the population has fewer households', expected } as const
  // A simulation that failed keeps no more of it than its errors.
  throw problem(fault.code, { pointer, expected, errors: [{ ...fault, severity: 'error' }] })
}

type Whom = Pick<DecideRequest, 'only' | 'governorates'>

/** What a run decides by, of the part that is asked for. */
export function narrowed<T extends Whom>(
  decided: T,
  inputs: Pick<RunInputs, 'applications'>,
  { governorates, population }: PopulationAsked,
  bundle: Bundle,
): T {
  const { only } = decided
  const codes = governorateCodes(bundle)
  return {
    ...decided,
    ...(governorates ? { governorates: new Set(governorates.map((code) => codes.indexOf(code))) } : {}),
    ...(population === 'applicants'
      ? { only: new Set(inputs.applications.household.filter((household) => only === null || only.has(household))) }
      : {}),
  }
}
