/** Cost of the welfare ranking: one household with contributions, the explanation of a score, and columns in bulk. */
import { columnsOf } from '../../src/language/fact-columns.ts'
import type { FactSpace, FactValues } from '../../src/language/fact-space.ts'
import { unknownValues } from '../../src/language/fact-space.ts'
import { compileFormulaBulk } from '../../src/language/formula/compile-bulk.ts'
import { PLACES_PER_TERM, compileFormula } from '../../src/language/formula/compile.ts'
import { explainScore } from '../../src/language/formula/explain.ts'
import { shippedBundle } from '../../src/programmes/shipped-bundle.ts'
import { contest } from './support/contest.ts'
import type { Bench } from './support/figure.ts'
import { seeded } from './support/random-household.ts'
import type { Random } from './support/random-household.ts'

const HOUSEHOLDS = 20_000
const EXPLAINED = 200
const UNKNOWN_SHARE = 0.005

export const bench: Bench = async (report) => {
  const formula = shippedBundle().bundle?.formulas.find(({ ref }) => ref.id === 'welfare-ranking')?.formula
  if (!formula) throw new Error('the shipped files do not check')
  const random = seeded(1)
  const households = Array.from({ length: HOUSEHOLDS }, () => randomHousehold(formula.space, random))
  const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
  const score = compileFormula(formula)
  const bulk = compileFormulaBulk(formula)
  const columns = columnsOf(formula.space, households)
  const out = { point: new Float64Array(HOUSEHOLDS), lo: new Float64Array(HOUSEHOLDS), hi: new Float64Array(HOUSEHOLDS) }
  const work = { terms: formula.terms.length, households: HOUSEHOLDS }

  const [online] = await contest(households, [{ name: 'online', work: (values) => score(values.lo, values.hi, contributions) }])
  if (online)
    report({ figure: 'score online traced', value: online.cpu, unit: 'us CPU/household', p50: online.p50, p99: online.p99, ...work })

  const explain = (values: FactValues): unknown => {
    score(values.lo, values.hi, contributions)
    return explainScore({ formula, values, contributions }, 'ar')
  }
  const [explained] = await contest(households.slice(0, EXPLAINED), [{ name: 'explained', work: explain }])
  if (explained)
    report({ figure: 'score explained', value: explained.cpu, unit: 'us CPU/household', p50: explained.p50, p99: explained.p99, ...work })

  const [inBulk] = await contest([columns], [{ name: 'bulk', work: (all) => bulk(all, 0, HOUSEHOLDS, out) }])
  if (inBulk) report({ figure: 'score bulk', value: (inBulk.cpu * 1000) / HOUSEHOLDS, unit: 'ns CPU/household', ...work })
}

function randomHousehold(space: FactSpace, random: Random): FactValues {
  const values = unknownValues(space)
  space.types.forEach((type, slot) => {
    if (random() < UNKNOWN_SHARE) return
    const most = type.codes?.length ?? (type.type === 'boolean' ? 2 : type.scale > 0 ? 500 * 10 ** type.scale : 7)
    values.lo[slot] = values.hi[slot] = Math.floor(random() * most)
  })
  return values
}
