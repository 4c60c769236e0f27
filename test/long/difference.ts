/** Thousands of pairs of rules: what diagrams say against every household of a small world, and the solver on a share of them. */
import fc from 'fast-check'
import t from 'tap'
import { LARGE_EFFORT } from '../../src/programmes/difference/condition-diagram.ts'
import { differenceByDiagrams } from '../../src/programmes/difference/difference.ts'
import type { Difference } from '../../src/programmes/difference/outcome-change.ts'
import { openSolver } from '../../src/programmes/difference/solver.ts'
import { differenceBySolver } from '../../src/programmes/difference/solver-difference.ts'
import { domainOf, enumerated, mistakesIn, read, rule } from '../programmes/small-world.ts'
import { SEED, tellCount } from '../support/property-runs.ts'

const PAIRS = 5_000
const BY_SOLVER_TOO = 25
const HOURS = 12 * 3_600_000
const seed = (4_711 + Number(process.env[SEED] ?? 0)) % 0x7fff_ffff
t.setTimeout(HOURS)

t.test(`${PAIRS} pairs of rules, no mistake`, async (t) => {
  const solver = openSolver(HOURS)
  t.teardown(() => solver.close())
  let [pairs, solved] = [0, 0]
  await fc.assert(
    fc.asyncProperty(rule, rule, async (one, other) => {
      const [before, after] = [read(one), read(other)]
      const expected = enumerated(before, after)
      const found = mistakesIn(differenceByDiagrams(before, after, domainOf, LARGE_EFFORT) as Difference, before, after, expected)
      if (pairs++ % BY_SOLVER_TOO === 0) {
        solved++
        found.push(...mistakesIn(await differenceBySolver(solver, before, after, domainOf), before, after, expected))
      }
      if (found.length > 0) throw new Error(`${JSON.stringify([one, other])}: ${found.join('; ')}`)
    }),
    { numRuns: PAIRS, seed, endOnFailure: true },
  )
  t.equal(pairs, PAIRS)
  tellCount(pairs, 'pairs-by-diagrams', seed)
  tellCount(solved, 'pairs-by-solver', seed)
})
