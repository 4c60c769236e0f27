/** The cut-off of a list: found by positions, it is the one that a walk through the programme's order finds. */
import fc from 'fast-check'
import t from 'tap'
import { nearCutOff } from '../../src/simulation/near-cut-offs.ts'
import { statusCode } from '../../src/targeting/outcome.ts'
import { propertyRuns } from '../support/property-runs.ts'
import { allocationOf, columnsOf, programme as anyProgramme } from '../targeting/support/programme.ts'

t.test('differential: the last selected with a score, in the order of the list', async (t) => {
  let cutOffs = 0
  fc.assert(
    fc.property(anyProgramme, (programme) => {
      const allocation = allocationOf(programme)
      if (!allocation) return
      const { score } = columnsOf(programme.units)
      let last: number | null = null
      for (const row of allocation.order) {
        const own = score[row] as number
        if (allocation.status[row] === statusCode('selected') && !Number.isNaN(own)) last = own
      }
      const found = nearCutOff({ programme: 'any', score, allocation })
      if (found.cutOff !== null) cutOffs++
      if (found.cutOff !== last) throw new Error(`${String(found.cutOff)} is not ${String(last)}`)
    }),
    propertyRuns(500, 35),
  )
  t.ok(cutOffs > 0)
})
