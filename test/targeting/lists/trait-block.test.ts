import fc from 'fast-check'
import t from 'tap'
import { addBlock, BITMAP_BYTES, BLOCK_UNITS, blocksByCode, keepCommon, placesIn } from '../../../src/targeting/lists/trait-block.ts'

const NONE = 65_535
const bitsOf = (block: NonNullable<ReturnType<typeof blocksByCode>[number]>): Uint8Array => {
  const bits = new Uint8Array(BITMAP_BYTES)
  addBlock(bits, block)
  return bits
}
const placesOf = (codes: Uint16Array, code: number): number[] => [...codes.keys()].filter((place) => codes[place] === code)

/** Codes that come in runs, so that some are frequent and others rare; with units that have none. */
const codesOfBlock = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 12_000 })), { minLength: 1, maxLength: 12 })
  .map((runs) =>
    Uint16Array.from(
      runs.flatMap(([code, units]) => Array.from({ length: units }, () => (code === 5 ? NONE : code))).slice(0, BLOCK_UNITS),
    ),
  )

t.test('what is packed is found again, whichever of the two forms is shorter', (t) => {
  fc.assert(
    fc.property(codesOfBlock, fc.integer({ min: 0, max: BLOCK_UNITS - 1 }), (codes, from) => {
      for (const [code, block] of blocksByCode(codes, 5).entries()) {
        const places = placesOf(codes, code)
        if (!block) {
          t.equal(places.length, 0)
          continue
        }
        t.equal(block.bits === null, places.length < 4_096)
        t.equal(block.bits === null, block.places !== null)
        t.same([...placesIn(bitsOf(block))].join(), places.join())
        t.same([...placesIn(bitsOf(block), from)].join(), places.filter((place) => place >= from).join())
      }
    }),
    { numRuns: 25 },
  )
  t.end()
})

t.test('what two have in common, and what one of several has', (t) => {
  fc.assert(
    fc.property(codesOfBlock, codesOfBlock, (one, other) => {
      const [a, b] = [blocksByCode(one, 5)[0], blocksByCode(other, 5)[1]]
      if (!a || !b) return
      const [common, either] = [bitsOf(a), bitsOf(a)]
      keepCommon(common, bitsOf(b))
      addBlock(either, b)
      const there = new Set(placesOf(other, 1))
      const here = placesOf(one, 0)
      t.equal([...placesIn(common)].join(), here.filter((place) => there.has(place)).join())
      t.equal([...placesIn(either)].join(), [...new Set([...here, ...there])].toSorted((x, y) => x - y).join())
    }),
    { numRuns: 15 },
  )
  t.end()
})

t.test('the last place of a block, and a block that everybody is in', (t) => {
  const all = new Uint16Array(BLOCK_UNITS)
  const [block] = blocksByCode(all, 1)
  t.equal(
    block?.bits?.every((byte) => byte === 255),
    true,
  )
  all.fill(NONE, 0, BLOCK_UNITS - 1)
  t.same([...(blocksByCode(all, 1)[0]?.places ?? [])], [255, 255])
  t.end()
})
