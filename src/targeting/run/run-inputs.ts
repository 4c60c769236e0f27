/** What a run computes from besides its snapshot and versions: a file of the data folder, named by the hash of its bytes, that never changes. */
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../kernel/canonical.ts'
import { dayNumber } from '../../kernel/date.ts'
import { problem } from '../../kernel/problem.ts'
import { type Served, type ServedUnits, statusSlots } from '../../households/enrolled-status.ts'
import type { Bundle } from '../../programmes/bundle.ts'
import { type DecideRequest, governorateCodes } from './decide-snapshot.ts'
import type { Enrolled } from './select.ts'

/** Columns instead of rows, by household and person reference: a nation has millions of each. */
export interface RunInputs {
  /** Files of format 1 do not say who is suspended: statuses by enrolment were not known to runs then. Up to format 2 whoever applied was a registrant, nobody else. */
  readonly format: 1 | 2 | 3
  /** ISO date. */
  readonly asOf: string
  readonly cycle: string
  readonly population: 'registrants' | 'residents'
  /** Entity whose registrants the run is about; null for all, absent up to format 2. */
  readonly registeredBy?: string | null
  /** Household references of those registrants, ascending; none where the run is about residents, absent up to format 2. */
  readonly registrants?: readonly number[]
  /** Codes; empty for all. */
  readonly governorates: readonly string[]
  /** Households judged a second time. */
  readonly sample: number
  /** Households that applied, and the day number of the first application of each. */
  readonly applications: { readonly household: readonly number[]; readonly firstDay: readonly number[] }
  /** Latest answers of each household, by the application that gave them, and the hash of their texts. */
  readonly declared: { readonly household: readonly number[]; readonly application: readonly string[]; readonly hash: string }
  /** By programme, the units that hold a place. */
  readonly enrolled: Readonly<Record<string, EnrolledColumns>>
}

export interface EnrolledColumns {
  readonly household: readonly number[]
  readonly person: readonly (number | null)[]
  /** 1 for a unit that keeps its place while it is not served; absent in format 1. */
  readonly suspended?: readonly (0 | 1)[]
  /** Day numbers. */
  readonly undeterminedSince: readonly (number | null)[]
}

export const inputsFolder = (folder: string): string => join(folder, 'inputs')

/** Writes the file beside its place and moves it there, so that it is whole or not there at all; returns its hash. */
export async function writeInputs(folder: string, inputs: RunInputs): Promise<string> {
  const text = inputsText(inputs)
  const hash = sha256(text)
  await mkdir(inputsFolder(folder), { recursive: true })
  const path = join(inputsFolder(folder), hash)
  const file = await open(`${path}.part`, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, path)
  return hash
}

/** Canonical as it stands, by keys in their order (a test holds it to that): sorting the columns of a nation takes ten times as long as writing them. */
function inputsText(inputs: RunInputs): string {
  const { applications, asOf, cycle, declared, enrolled, format, governorates, population, registeredBy, registrants, sample } = inputs
  return JSON.stringify({
    applications: { firstDay: applications.firstDay, household: applications.household },
    asOf,
    cycle,
    declared: { application: declared.application, hash: declared.hash, household: declared.household },
    enrolled: Object.fromEntries(
      Object.entries(enrolled)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([programme, { household, person, suspended, undeterminedSince }]) => [
          programme,
          { household, person, suspended, undeterminedSince },
        ]),
    ),
    format,
    governorates,
    population,
    registeredBy,
    registrants,
    sample,
  })
}

/** Null when the file is not there; throws `run-inputs-changed` when its bytes are not those that it is named by. */
export async function readInputs(folder: string, hash: string): Promise<RunInputs | null> {
  const text = await readFile(join(inputsFolder(folder), hash), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  if (sha256(text) !== hash) throw problem('run-inputs-changed', { detail: hash })
  return JSON.parse(text) as RunInputs
}

/** What is decided by these inputs. */
export function decideInputs(bundle: Bundle, inputs: RunInputs): Omit<DecideRequest, 'onProgress'> {
  const { applications, enrolled, population, governorates, cycle, sample } = inputs
  const codes = governorateCodes(bundle)
  return {
    bundle,
    asOf: dayNumber(inputs.asOf) as number,
    cycle,
    sample,
    applicationDates: new Map(applications.household.map((ref, index) => [ref, applications.firstDay[index] as number])),
    enrolled: new Map(Object.entries(enrolled).map(([programme, columns]) => [programme, unitsOf(columns)])),
    only: population === 'registrants' ? registrantsOf(inputs) : null,
    governorates: governorates.length > 0 ? new Set(governorates.map((code) => codes.indexOf(code))) : null,
  }
}

/** Household references that a run over registrants is about. */
export const registrantsOf = ({ registrants, applications }: Pick<RunInputs, 'registrants' | 'applications'>): ReadonlySet<number> =>
  new Set(registrants ?? applications.household)

/** Who is served by each programme whose status facts tell; nobody by inputs of format 1. */
export function servedBy({ catalogue }: Bundle, { enrolled }: Pick<RunInputs, 'enrolled'>): Served {
  const served = new Map<string, ServedUnits>()
  for (const { programme } of statusSlots(catalogue)) {
    const { household = [], person = [], suspended } = enrolled[programme] ?? {}
    const households = new Set<number>()
    const persons = new Set<number>()
    household.forEach((ref, index) => {
      if (suspended?.[index] !== 0) return
      const member = person[index] ?? null
      if (member === null) households.add(ref)
      else persons.add(member)
    })
    served.set(programme, { households, persons })
  }
  return served
}

/** Of who is served, in whatever order it was taken down. */
export function servedHash(served: Served): string {
  const sorted = (refs: ReadonlySet<number>): number[] => [...refs].toSorted((a, b) => a - b)
  const units = [...served].map(([programme, { households, persons }]) => [programme, sorted(households), sorted(persons)] as const)
  return sha256(JSON.stringify(units.toSorted(([a], [b]) => (a < b ? -1 : 1))))
}

const unitsOf = ({ household, person, undeterminedSince }: EnrolledColumns): Enrolled[] =>
  household.map((householdRef, index) => ({
    householdRef,
    personRef: person[index] ?? null,
    undeterminedSince: undeterminedSince[index] ?? null,
  }))
