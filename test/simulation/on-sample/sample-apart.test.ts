/** A sample in a thread of its own comes to what it comes to here, is refused where it is not read as it was, and ends when it is cancelled. */
import t from 'tap'
import { shippedTexts } from '../../../src/programmes/shipped-files.ts'
import { compileBundle, type NumberedText } from '../../../src/programmes/compile-bundle.ts'
import type { Bundle } from '../../../src/programmes/bundle.ts'
import { onSample } from '../../../src/simulation/on-sample/on-sample.ts'
import { openSample, type StoredRows } from '../../../src/simulation/on-sample/open-sample.ts'
import { openSampleApart } from '../../../src/simulation/on-sample/sample-apart.ts'
import { readUpload } from '../../../src/simulation/reference/read-upload.ts'
import { asOf, HOUSEHOLDS } from './ten-rows.ts'

const texts = shippedTexts()
  .filter(({ kind }) => kind !== 'cases')
  .map((text): NumberedText => ({ ...text, version: text.version ?? 1 }))
const bundle = compileBundle(texts).bundle as Bundle
const columns = { welfare: 'exp', weight: 'w', facts: { householdSize: 'size', headIsJordanian: 'citizen' } }
const rows = Array.from({ length: 60 }, (_, row) => `${20 + 5 * row}.5,${1 + (row % 3)},${1 + (row % 6)},${row % 4 !== 0}`)
const read = readUpload(Buffer.from(['exp,w,size,citizen', ...rows].join('\n')), { columns, synthetic: false }, bundle.catalogue.household)
if ('diagnostics' in read) throw new Error('the rows are not read')
const provenance = { id: 'made', name: 'Sixty', source: 'made up', synthetic: false, contentHash: '', rowsUsed: 60, rowsFaulty: 0 }
const asked = { sample: 'made', welfareUnit: 'JOD/person/month' } as const
const stored: StoredRows = { provenance, asked, line: 100_000, pieces: read.stored.content.pieces, columns }
const never = new AbortController().signal

t.test('the same figures', async (t) => {
  const here = openSample(stored, bundle)
  if ('unread' in here) throw new Error(`${here.unread} rows are not read`)
  const { about, baseline, measure } = onSample(here, { bundle, asOf }, HOUSEHOLDS)
  const apart = await openSampleApart(stored, { texts, asOf }, never)
  t.teardown(() => apart.close())
  t.equal(JSON.stringify(await apart.baseline(HOUSEHOLDS)), JSON.stringify({ about, baseline }))
  t.equal(JSON.stringify(await apart.measure(texts)), JSON.stringify(measure(bundle)))
})

t.test('rows that are not read as they were stored', async (t) => {
  const more = { ...stored, provenance: { ...provenance, rowsUsed: 63 } }
  await t.rejects(openSampleApart(more, { texts, asOf }, never), { code: 'simulation-refused' })
})

t.test('ended whenever it is cancelled', async (t) => {
  const before = AbortSignal.abort()
  await t.rejects(openSampleApart(stored, { texts, asOf }, before), { name: 'AbortError' })
  const stop = new AbortController()
  const apart = await openSampleApart(stored, { texts, asOf }, stop.signal)
  const answer = apart.baseline(HOUSEHOLDS)
  stop.abort()
  await t.rejects(answer, { name: 'AbortError' })
  await t.rejects(apart.measure(texts), { name: 'AbortError' })
})
