/** Cost of the welfare ranking: one household with contributions, and columns in bulk. One JSON line per figure. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/kernel/project-root.ts'
import { noDefinitions } from '../src/language/condition/definition.ts'
import { columnsOf } from '../src/language/fact-columns.ts'
import { type FactSpace, type FactType, type FactValues, factSpace, unknownValues } from '../src/language/fact-space.ts'
import { parseFormula } from '../src/language/formula/check.ts'
import { compileFormulaBulk } from '../src/language/formula/compile-bulk.ts'
import { PLACES_PER_TERM, compileFormula } from '../src/language/formula/compile.ts'
import { explainScore } from '../src/language/formula/explain.ts'

const HOUSEHOLDS = 20_000
const ROUNDS = 5
const UNKNOWN_SHARE = 0.005

const space = household()
const { formula } = parseFormula(readFileSync(join(projectRoot, 'formulas/welfare-ranking/1.json'), 'utf8'), {
  space,
  definitions: noDefinitions,
})
if (!formula) throw new Error('the formula does not check')
const random = generator(1)
const households = Array.from({ length: HOUSEHOLDS }, () => randomHousehold(random))
const contributions = new Float64Array(formula.terms.length * PLACES_PER_TERM)
const score = compileFormula(formula)
const bulk = compileFormulaBulk(formula)
const columns = columnsOf(space, households)
const out = { point: new Float64Array(HOUSEHOLDS), lo: new Float64Array(HOUSEHOLDS), hi: new Float64Array(HOUSEHOLDS) }

let sum = 0
report('score online traced', 'us/household', 1e3, () => {
  for (const { lo, hi } of households) sum += score(lo, hi, contributions).lo
})
report('score bulk', 'ns/household', 1e6, () => bulk(columns, 0, HOUSEHOLDS, out))
report(
  'score explained',
  'us/household',
  1e3,
  () => {
    for (const values of households.slice(0, 200)) {
      score(values.lo, values.hi, contributions)
      sum += explainScore({ formula, values, contributions }, 'ar').terms.length
    }
  },
  200,
)

/** Median of the rounds after one to warm up. */
function report(name: string, unit: string, perMillisecond: number, work: () => void, count = HOUSEHOLDS): void {
  work()
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now()
    work()
    return ((performance.now() - start) * perMillisecond) / count
  }).toSorted((a, b) => a - b)
  const median = rounds[ROUNDS >> 1] ?? 0
  process.stdout.write(
    `${JSON.stringify({ bench: name, terms: formula?.terms.length, households: count, value: Number(median.toFixed(3)), unit, node: process.version })}\n`,
  )
}

function household(): FactSpace {
  const folder = join(projectRoot, 'rules/catalogue')
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const lists = read('code-lists.json')
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map(read)
  return factSpace(
    'household',
    files
      .flatMap((file) => (file.entity === 'household' ? file.facts : []))
      .map((fact): FactType => {
        const codeLabels = typeof fact.codes === 'string' ? lists[fact.codes] : (fact.codes ?? null)
        const codes = codeLabels ? Object.keys(codeLabels) : null
        return { ...fact, scale: fact.scale ?? 0, unit: fact.unit ?? null, codes, codeLabels, protected: fact.protected ?? false }
      }),
  )
}

function randomHousehold(next: () => number): FactValues {
  const values = unknownValues(space)
  space.types.forEach((type, slot) => {
    if (next() < UNKNOWN_SHARE) return
    const most = type.codes?.length ?? (type.type === 'boolean' ? 2 : type.scale > 0 ? 500 * 10 ** type.scale : 7)
    values.lo[slot] = values.hi[slot] = Math.floor(next() * most)
  })
  return values
}

/** A small seeded generator: a benchmark must not vary with the day. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
