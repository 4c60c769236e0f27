/** Facts as JSON: read into intervals and written back, decimals as exact texts. */
import fc from 'fast-check'
import t from 'tap'
import { factJson, readFactValues } from '../../src/language/fact-json.ts'
import type { FactType } from '../../src/language/fact-space.ts'
import { household, values } from './generators.ts'
import { propertyRuns } from '../support/property-runs.ts'

t.test('property: what is written is read back the same', async (t) => {
  fc.assert(
    fc.property(values(), (row) => {
      const json = Object.fromEntries(
        household.types.map((type, slot) => [type.id, factJson(type, row.lo[slot] as number, row.hi[slot] as number)]),
      )
      const { values: again, diagnostics } = readFactValues(household, JSON.parse(JSON.stringify(json)) as Record<string, unknown>, '')
      return diagnostics.length === 0 && again.lo.every((v, slot) => v === row.lo[slot]) && again.hi.every((v, slot) => v === row.hi[slot])
    }),
    propertyRuns(1000, 51),
  )
  t.pass()
})

t.test('what is wrong with a fact has its code and pointer', async (t) => {
  const table: readonly (readonly [Record<string, unknown>, readonly string[]])[] = [
    [{ incme: 1 }, ['fact-unknown /f/incme']],
    [{ income: true }, ['literal-type /f/income']],
    [{ income: '1.2345' }, ['literal-places /f/income']],
    [{ income: '٣٠٠' }, ['literal-type /f/income']],
    [{ income: {} }, ['bounds-invalid /f/income']],
    [{ income: { atLeast: 1, about: 2 } }, ['bounds-invalid /f/income']],
    [{ income: { atLeast: 2, atMost: 1 } }, ['bounds-invalid /f/income']],
    [{ income: { atLeast: 'x' } }, ['literal-type /f/income/atLeast']],
    [{ income: { atMost: null } }, ['literal-null /f/income/atMost']],
    [{ income: [1] }, ['literal-type /f/income']],
    [{ isCitizen: { atLeast: true } }, ['bounds-invalid /f/isCitizen']],
    [{ tenure: 'OWN' }, ['literal-code /f/tenure']],
  ]
  for (const [facts, expected] of table) {
    t.same(
      readFactValues(household, facts, '/f').diagnostics.map((d) => `${d.code} ${d.pointer}`),
      expected,
      JSON.stringify(facts),
    )
  }
})

t.test('decimals are texts with all their places, bounds an object, nothing known null', async (t) => {
  const income = household.types[0] as FactType
  t.equal(factJson(income, 12500, 12500), '12.500')
  t.same(factJson(income, 900_000, Infinity), { atLeast: '900.000' })
  t.same(factJson(income, -Infinity, Infinity), null)
})
