/** Parameters of the day of a change, under facts of an earlier day. */
import t from 'tap'
import { dayNumber } from '../../../src/kernel/date.ts'
import type { NumberedText } from '../../../src/programmes/compile-bundle.ts'
import { versionText } from '../../../src/programmes/version.ts'
import { parametersOfDay } from '../../../src/simulation/impact/on-the-day.ts'

const day = (text: string): number => dayNumber(text) as number
const parameter = (...values: readonly (readonly [from: string, value: number])[]): NumberedText => {
  const json = { id: 'ceiling', values: values.map(([from, value]) => ({ from, value })) }
  return { ...versionText('parameter', 'ceiling', JSON.stringify(json), json), version: 1 }
}
const read = (texts: readonly NumberedText[], to: string, asOf = '2026-11-01'): [from: string, value: number][] =>
  parametersOfDay(texts, day(to), day(asOf)).flatMap(({ json }) =>
    (json as { values: { from: string; value: number }[] }).values.map(({ from, value }): [string, number] => [from, value]),
  )

t.test('what begins in between holds on the day of the facts already', async (t) => {
  const texts = [parameter(['2020-01-01', 300], ['2026-12-01', 320], ['2027-01-01', 350], ['2028-01-01', 400])]
  t.same(read(texts, '2027-01-01'), [
    ['2020-01-01', 300],
    ['2026-11-01', 350],
    ['2028-01-01', 400],
  ])
  t.same(read(texts, '2026-12-31'), [
    ['2020-01-01', 300],
    ['2026-11-01', 320],
    ['2027-01-01', 350],
    ['2028-01-01', 400],
  ])
  const [moved] = parametersOfDay(texts, day('2027-01-01'), day('2026-11-01'))
  t.not(moved?.hash, texts[0]?.hash, 'another text has another hash')
  t.equal(moved?.version, 1)
})

t.test('a value that begins on the day of the facts gives way, in whatever order they are written', async (t) => {
  t.same(read([parameter(['2027-01-01', 2], ['2026-11-01', 1])], '2027-01-01'), [['2026-11-01', 2]])
})

t.test('nothing begins in between: the same texts', async (t) => {
  const texts = [parameter(['2026-11-01', 1], ['2027-01-02', 2])]
  t.equal(parametersOfDay(texts, day('2027-01-01'), day('2026-11-01')), texts)
  t.equal(parametersOfDay(texts, day('2026-01-01'), day('2026-11-01')), texts, 'nor on an earlier day')
})
