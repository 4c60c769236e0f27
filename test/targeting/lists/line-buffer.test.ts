/** Lines of COPY as bytes: any whole number as JavaScript prints it, words as they are, NULL for what there is not. */
import fc from 'fast-check'
import t from 'tap'
import { LineBuffer, wordCells } from '../../../src/targeting/lists/line-buffer.ts'
import { propertyRuns } from '../../support/property-runs.ts'

const word = fc.stringMatching(/^[a-zA-Z0-9{},\u0600-\u06ff -]{0,40}$/)
const cell = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, 9, 10, 99, 100, NaN, Infinity, 2 ** 53 - 1, -(2 ** 53) + 1),
  fc.option(word, { nil: undefined }),
)

t.test('what was written, cell by cell', async () => {
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 8 }), { maxLength: 60 }), (lines) => {
      const buffer = new LineBuffer()
      for (const cells of lines) {
        for (const value of cells) {
          if (typeof value === 'number') buffer.number(value)
          else buffer.word(value)
        }
        // Again, words in one piece of bytes each.
        for (const value of cells) {
          if (typeof value === 'number') buffer.number(value)
          else buffer.cells(wordCells(value, 'and', undefined))
        }
        buffer.end()
      }
      const shown = (value: number | string | undefined): string =>
        value === undefined || (typeof value === 'number' && !Number.isSafeInteger(value))
          ? String.raw`\N`
          : String(value === 0 ? 0 : value)
      const inOne = (value: Parameters<typeof shown>[0]): string =>
        typeof value === 'number' ? shown(value) : [value, 'and', undefined].map(shown).join('\t')
      const expected = lines.map((cells) => `${[...cells.map(shown), ...cells.map(inOne)].join('\t')}\n`).join('')
      return buffer.count === lines.length && Buffer.from(buffer.take()).toString() === expected && buffer.count === 0
    }),
    propertyRuns(300, 11),
  )
})

t.test('more than fits at first, and what must not be written', async (t) => {
  const buffer = new LineBuffer()
  buffer.word('x'.repeat(200_000))
  buffer.end()
  t.equal(buffer.take().length, 200_001)
  t.throws(() => buffer.word('a\tb'), /COPY/)
  t.throws(() => wordCells('a', 'b\\'), /COPY/)
})
