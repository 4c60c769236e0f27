/** Poverty lines that a request can name. */
import t from 'tap'
import { Compile } from 'typebox/compile'
import { linesOf } from '../../src/simulation/line-of.ts'
import { SimulationSchema } from '../../src/simulation/scenario-schema.ts'

const schema = Compile(SimulationSchema)
const request = { name: 'x', baseline: { run: 'latest' }, scenarios: [{ name: 'as it is', changes: [] }] }

t.test('a line is a thousandth at least: of less nobody could be below it, and gaps are shares of it', async (t) => {
  t.ok(schema.Check({ ...request, line: 0.001, lines: [0.001, 100.5, 1_000_000] }))
  for (const line of [0, 0.0004, -1, 1e300]) {
    t.notOk(schema.Check({ ...request, line }), `${line} as the line`)
    t.notOk(schema.Check({ ...request, lines: [100, line] }), `${line} among the lines`)
  }
  t.same(linesOf({ lines: [0.001] }, 100_000), { line: 100_000, lines: [1] })
})
