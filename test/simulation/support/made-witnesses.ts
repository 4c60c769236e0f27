/** Made households of a rule of the shipped versions that is changed. */
import { LARGE_EFFORT } from '../../../src/programmes/difference/condition-diagram.ts'
import { type ProgrammeWitnesses, witnessProgrammes } from '../../../src/programmes/difference/witness-programmes.ts'
import { compileBundle, type NumberedText } from '../../../src/programmes/compile-bundle.ts'
import type { Bundle } from '../../../src/programmes/bundle.ts'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'
import type { Change } from '../../../src/simulation/scenario-schema.ts'
import { scenarioTexts } from '../../../src/simulation/scenario-texts.ts'
import { day } from '../../rules/real-rows.ts'
import { scenario } from './seeded-laboratory.ts'

const texts = shippedTexts()
  .filter(({ kind }) => kind !== 'cases')
  .map((text): NumberedText => ({ ...text, version: text.version ?? 1 }))
const asOf = day('2026-11-01')
const shipped = compileBundle(texts).bundle as Bundle

export const RULE = 'housing'

/** Of one rule, set at some places. */
export const witnessesOf = (set: Readonly<Record<string, unknown>>, effort = LARGE_EFFORT): ProgrammeWitnesses[] =>
  witnessesOfChange({ object: 'rule', id: RULE, set: { ...set } }, effort)

/** Of one rule, set at the same places otherwise. */
export const witnessesBetween = (...sets: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>]) => {
  const [before, after] = sets.map((set) => bundleOf({ object: 'rule', id: RULE, set: { ...set } })) as [Bundle, Bundle]
  return witnessProgrammes(before, after, asOf)
}

export const witnessesOfChange = (change: Change, effort = LARGE_EFFORT): ProgrammeWitnesses[] =>
  witnessProgrammes(shipped, bundleOf(change), asOf, effort)

function bundleOf(change: Change): Bundle {
  const answer = scenarioTexts(texts, scenario('changed', change), asOf, '')
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors))
  return answer.bundle
}
