/** What measures say of themselves holds in protected results too, whose counts are moved and whose money is rounded. */
import t from 'tap'
import { measureDefinitions } from '../../../src/simulation/measures/measure-definitions.ts'

t.test('no figure that a protected result rounds or withholds is called exact without saying where', (t) => {
  for (const { id, definition } of measureDefinitions.values()) {
    if (/\bexact\b/i.test(definition.en)) t.match([definition.en, definition.ar], [/protected/, /محمي/], id)
  }
  const { definition } = measureDefinitions.get('transitions') ?? { definition: { en: '', ar: '' } }
  t.match(definition.en, /money.*exact result.*protected.*rounded/)
  t.match(definition.ar, /المال.*النتيجة الدقيقة.*مقرّب.*المحمية/)
  t.end()
})
