/** Scores by a formula of which some terms changed, from those by the formula before, are the scores by it alone: to the last digit. */
import fc from 'fast-check'
import t from 'tap'
import { columnsOf } from '../../../src/language/fact-columns.ts'
import { noDefinitions } from '../../../src/language/condition/definition.ts'
import { checkFormula } from '../../../src/language/formula/check.ts'
import { compileFormulaBulk, type ScoreColumns } from '../../../src/language/formula/compile-bulk.ts'
import { compileRescoreBulk } from '../../../src/language/formula/compile-rescore.ts'
import type { Formula } from '../../../src/language/formula/formula.ts'
import { propertyRuns } from '../../support/property-runs.ts'
import { finish, formulaOf, type RawTerm, randomTerms, randomValues, space, undeterminedTerm } from './random-formula.ts'

const RUNS = 150

/** Terms by position among all that were drawn, so that one that both formulas have is the same text in both. */
function build(raw: readonly RawTerm[], wanted: (index: number) => boolean, intercept: number): Formula | undefined {
  const kept = raw.flatMap((term, index) => {
    const { formula } = checkFormula(formulaOf([undeterminedTerm(term, index)]), { space, definitions: noDefinitions })
    const [only] = formula?.terms ?? []
    return only && wanted(index) ? [finish(term, index, only)] : []
  })
  return kept.length === 0 ? undefined : checkFormula(formulaOf(kept, intercept), { space, definitions: noDefinitions }).formula
}

const newScores = (rows: number): ScoreColumns => ({
  point: new Float64Array(rows),
  lo: new Float64Array(rows),
  hi: new Float64Array(rows),
})

t.test('rescored is scored', (t) => {
  let rescored = 0
  fc.assert(
    fc.property(
      fc.array(randomTerms, { minLength: 3, maxLength: 3 }),
      fc.array(randomValues, { minLength: 5, maxLength: 5 }),
      fc.integer({ min: 0, max: 2 ** 30 }),
      (drawn, households, mask) => {
        const raw = drawn.flat()
        const isChanged = (index: number): boolean => index % 4 === 3
        const side = (index: number): number => (mask >> (index % 30)) & 1
        const before = build(raw, (index) => !isChanged(index) || side(index) === 0, 1.5)
        const after = build(raw, (index) => !isChanged(index) || side(index) === 1, -2.25)
        if (!before || !after) return
        const columns = columnsOf(space, households)
        const rescore = compileRescoreBulk(before, after)
        if (!rescore) return
        rescored++
        const [old, wanted, got] = [newScores(5), newScores(5), newScores(5)]
        compileFormulaBulk(before)(columns, 0, 5, old)
        compileFormulaBulk(after)(columns, 0, 5, wanted)
        for (const [from, to] of [
          [0, 2],
          [2, 5],
        ] as const)
          rescore(columns, from, to, old, got)
        for (const end of ['point', 'lo', 'hi'] as const)
          if (!Buffer.from(got[end].buffer).equals(Buffer.from(wanted[end].buffer)) && `${got[end].join()}` !== `${wanted[end].join()}`)
            throw new Error(`${end}: ${got[end].join()} ≠ ${wanted[end].join()}`)
      },
    ),
    propertyRuns(RUNS, 20_261_126),
  )
  t.ok(rescored > RUNS / 10, `${rescored} rescored`)
  const drawn = fc.sample(randomTerms, { numRuns: 1, seed: 7 }).flat()
  const [one, other] = [0, 1].map((side) => build(drawn, (index) => index % 2 === side, 1))
  t.equal(one && other && compileRescoreBulk(one, other), null, 'what saves nothing is scored afresh')
  t.end()
})
