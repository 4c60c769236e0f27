/** The cut-off of a list: found by positions, it is the one that a walk through the programme's order finds. */
import { isDeepStrictEqual } from 'node:util'
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
      const household = Uint32Array.from(score, (_, unit) => unit)
      const keys = Uint32Array.from(score, (_, unit) => (unit + 1) * 0x9e3779b1)
      const found = nearCutOff({ programme: 'any', score, household, allocation }, keys)
      if (found.cutOff !== null) cutOffs++
      if (found.cutOff !== last) throw new Error(`${String(found.cutOff)} is not ${String(last)}`)
      if (last === null) return
      const cutOff = last
      const sum = (is: (distance: number) => boolean): number =>
        keys.reduce((all, key, unit) => (is((score[unit] as number) - cutOff) ? (all + key) % 2 ** 32 : all), 0)
      const wanted = { below: sum((by) => by < 0 && by >= -found.within), above: sum((by) => by > 0 && by <= found.within) }
      if (!isDeepStrictEqual(found.behind, wanted)) throw new Error(`${JSON.stringify(found.behind)} is not ${JSON.stringify(wanted)}`)
    }),
    propertyRuns(500, 35),
  )
  t.ok(cutOffs > 0)
})
