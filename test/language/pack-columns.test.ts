/** Columns packed into the narrowest integers, and unpacked to what they were. */
import fc from 'fast-check'
import t from 'tap'
import { readBlock } from '../../src/language/fact-columns.ts'
import { clearRoom, newPackingRoom, packColumn, packEnd, patchEnd } from '../../src/language/pack-columns.ts'
import { propertyRuns } from '../support/property-runs.ts'

const single = (values: readonly number[]) => {
  const column = Float64Array.from(values)
  return packColumn({ lo: column, hi: column }, values.length)
}

t.test('the narrowest integers that hold all values', async (t) => {
  const cases: readonly (readonly [type: Function, ...values: number[]])[] = [
    [Uint8Array, 0, 0xff],
    [Int8Array, -1, 0x7f],
    [Int8Array, -0x80, 0],
    [Uint16Array, 0, 0x100],
    [Uint16Array, 0xffff],
    [Int16Array, -1, 0x80],
    [Int16Array, -0x8000, 0x7fff],
    [Int32Array, 0x1_0000],
    [Int32Array, -1, 0x8000],
    [Int32Array, -0x8001],
    [Int32Array, -0x8000_0000, 0x7fff_ffff],
    [Float64Array, 0x8000_0000],
    [Float64Array, -0x8000_0001],
    [Float64Array, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ]
  for (const [type, ...values] of cases)
    for (const order of [values, values.toReversed()]) {
      const { lo, hi, loKnown, hiKnown } = single(order)
      t.equal(lo.constructor, type, order.join())
      t.same([...lo], order)
      t.equal(hi, lo, 'one array for both sides')
      t.same([loKnown, hiKnown], [null, null])
    }
})

t.test('what is missing has no bit, and is 0 under it whatever the width', async (t) => {
  const narrow = single([1, NaN, 3, 4, 5, 6, 7, 8, NaN, 10])
  t.same([...narrow.lo], [1, 0, 3, 4, 5, 6, 7, 8, 0, 10])
  t.same([...(narrow.loKnown ?? [])], [0b1111_1101, 0b10])
  t.equal(narrow.hiKnown, narrow.loKnown)
  const wide = single([2 ** 40, NaN, -1])
  t.equal(wide.lo.constructor, Float64Array)
  t.same([...wide.lo], [2 ** 40, 0, -1])
  t.same([...(wide.loKnown ?? [])], [0b101])
  const nothing = single([NaN, NaN])
  t.same([nothing.lo.constructor, [...nothing.lo], [...(nothing.loKnown ?? [])]], [Uint8Array, [0, 0], [0]])
})

t.test('two sides are packed apart, each with its own bits', async (t) => {
  const column = packColumn({ lo: Float64Array.of(-1, 5), hi: Float64Array.of(300, NaN) }, 2)
  t.equal(column.lo.constructor, Int8Array)
  t.equal(column.hi.constructor, Uint16Array)
  t.same(
    [[...column.lo], [...column.hi]],
    [
      [-1, 5],
      [300, 0],
    ],
  )
  t.equal(column.loKnown, null)
  t.same([...(column.hiKnown ?? [])], [0b01])
})

t.test('no rows, and the rows behind those that count', async (t) => {
  const { lo, loKnown } = single([])
  t.same([lo.constructor, lo.length, loKnown], [Uint8Array, 0, null])
  const values = Float32Array.of(7, 8, NaN, 1e9)
  const two = packColumn({ lo: values, hi: values }, 2)
  t.same([two.lo.constructor, [...two.lo], two.loKnown], [Uint8Array, [7, 8], null])
})

const cell = fc.oneof(
  fc.constant(NaN),
  fc.integer({ min: -200, max: 300 }),
  fc.integer({ min: -40_000, max: 70_000 }),
  fc.integer({ min: -(2 ** 31) - 3, max: 2 ** 31 + 3 }),
  fc.maxSafeInteger(),
)

t.test('unpacked they are what was packed', async (t) => {
  const rows = fc.array(fc.tuple(cell, cell), { maxLength: 40 })
  fc.assert(
    fc.property(rows, fc.boolean(), fc.boolean(), (cells, isBounded, isBoolean) => {
      const [lo, other] = [0, 1].map((side) => Float64Array.from(cells, (pair) => pair[side] as number)) as [Float64Array, Float64Array]
      const hi = isBounded ? other : lo
      const packed = packColumn({ lo, hi }, cells.length)
      const [fromLo, fromHi] = [new Float64Array(cells.length), new Float64Array(cells.length)]
      readBlock(packed, isBoolean, 0, cells.length, fromLo, fromHi)
      const missing = isBoolean ? ([0, 1] as const) : ([-Infinity, Infinity] as const)
      const sides = [
        [lo, fromLo, missing[0]],
        [hi, fromHi, missing[1]],
      ] as const
      return sides.every(([from, into, open]) => from.every((value, row) => Object.is(into[row], Number.isNaN(value) ? open : value)))
    }),
    propertyRuns(500, 41),
  )
  t.pass('packed and unpacked')
})

t.test('property: in a room that holds what was packed before, the same arrays', async (t) => {
  const value = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constant(NaN), fc.constant(-0), fc.integer(), fc.constant(2 ** 45))
  const columns = fc.array(fc.array(value, { maxLength: 40 }), { maxLength: 6 })
  const room = newPackingRoom()
  let inRoom = 0
  fc.assert(
    fc.property(columns, (lists) => {
      clearRoom(room)
      const packed = lists.map((list) => {
        const lo = Float64Array.from(list)
        return packColumn({ lo, hi: lo.toReversed() }, list.length, room)
      })
      inRoom += packed.filter(({ lo }) => lo.buffer === room.bytes).length
      return lists.every((list, at) => {
        const lo = Float64Array.from(list)
        const alone = packColumn({ lo, hi: lo.toReversed() }, list.length)
        return (['lo', 'hi', 'loKnown', 'hiKnown'] as const).every((side) => isSame(packed[at]?.[side] ?? null, alone[side]))
      })
    }),
    propertyRuns(300, 4_105),
  )
  t.ok(inRoom > 100, `${inRoom} columns in the room`)
})

t.test('property: patched where that is enough, an end is the one that packing anew gives', async (t) => {
  const near = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 250, max: 260 }), fc.constant(NaN), fc.constant(-0), cell)
  let patches = 0
  let anew = 0
  fc.assert(
    fc.property(fc.array(fc.tuple(near, fc.option(near, { freq: 6 })), { minLength: 1, maxLength: 40 }), (rows) => {
      const before = packEnd(
        Float64Array.from(rows, ([value]) => value),
        rows.length,
      )
      const changed = rows.flatMap(([, value], row) => (value === null ? [] : [{ row, value }]))
      const after = Float64Array.from(rows, ([value, other]) => other ?? value)
      const patched = patchEnd(
        before,
        changed.map(({ row }) => row),
        changed.map(({ value }) => value),
      )
      if (patched) patches++
      else anew++
      const whole = packEnd(after, rows.length)
      return !patched || (isSame(patched.values, whole.values) && isSame(patched.known, whole.known))
    }),
    propertyRuns(2_000, 52),
  )
  t.ok(patches > 200 && anew > 200, `${patches} patched, ${anew} to be packed anew`)
})

t.test('a patch is enough for values that need no other width and no other bits', async (t) => {
  const end = packEnd(Float64Array.of(300, NaN, 301), 3)
  const { known = null, values = null } = patchEnd(end, [0], [302]) ?? {}
  t.same([values?.constructor, [...(values ?? [])]], [Uint16Array, [302, 0, 301]])
  t.equal(known, end.known, 'bits that do not differ are the same array')
  t.same([...(patchEnd(end, [0, 1], [NaN, 5])?.known ?? [])], [0b110])
  t.equal(patchEnd(end, [1], [7]), null, 'nothing is missing any more')
  t.equal(patchEnd(end, [0, 2], [1, 2]), null, 'narrower')
  t.equal(patchEnd(end, [0], [70_000]), null, 'wider')
  t.equal(patchEnd(packEnd(Float64Array.of(1, 2), 2), [0], [NaN]), null, 'the first that is missing')
  t.same(patchEnd(packEnd(Float64Array.of(2 ** 40, 2 ** 41), 2), [0], [2 ** 42])?.values, Float64Array.of(2 ** 42, 2 ** 41))
  const eight = packEnd(Float64Array.of(1, 2, 3, 4, 5, 6, 7, NaN), 8)
  t.same([...(patchEnd(eight, [0], [NaN])?.known ?? [])], [0b0111_1110])
  t.equal(patchEnd(eight, [7], [8]), null)
})

const isSame = (one: ArrayLike<number> | null, other: ArrayLike<number> | null): boolean =>
  one === null || other === null
    ? one === other
    : one.constructor === other.constructor &&
      one.length === other.length &&
      Array.from(one).every((value, at) => Object.is(value, other[at]))
