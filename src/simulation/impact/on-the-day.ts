/** Parameters as they will be on the day of a change, though facts are of an earlier day: an amount of next year decides on the households of now. */
import { isoOfDay } from '../../kernel/date.ts'
import type { NumberedText } from '../../programmes/compile-bundle.ts'
import { versionText } from '../../programmes/version.ts'

interface Epoch {
  readonly from: string
}

/** Texts under which what holds on `day` holds on `asOf` already; the same array where nothing begins in between. Day numbers. */
export function parametersOfDay(texts: readonly NumberedText[], day: number, asOf: number): readonly NumberedText[] {
  if (day <= asOf) return texts
  const [from, to] = [isoOfDay(asOf), isoOfDay(day)]
  let moved = 0
  const read = texts.map((text) => {
    if (text.kind !== 'parameter') return text
    const json = text.json as { readonly values: readonly Epoch[] }
    const begins = json.values.filter((epoch) => epoch.from > from && epoch.from <= to)
    const last = begins.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1)
    if (!last) return text
    moved++
    // What held on the facts' own day gives way, whatever day it began on.
    const others = json.values.filter((epoch) => !begins.includes(epoch) && epoch.from !== from)
    const values = [...others, { ...last, from }].toSorted((a, b) => (a.from < b.from ? -1 : 1))
    const changed = { ...json, values }
    return { ...versionText('parameter', text.id, JSON.stringify(changed), changed), version: text.version }
  })
  return moved === 0 ? texts : read
}
