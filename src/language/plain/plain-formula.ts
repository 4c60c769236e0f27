/** A formula in words: where it begins, what each indicator adds, what is done where one is not known, and what a score means. */
import type { FactType } from '../fact-space.ts'
import { pointsText } from '../formula/explain.ts'
import { POINT_SCALE } from '../formula/formula.ts'
import type { BandsTerm, CategoriesTerm, Formula, LinearTerm, ScoreTable, Term } from '../formula/formula.ts'
import { say } from '../messages.ts'
import type { Voice } from '../messages.ts'
import { renderAmount, renderDate, renderList, renderValue } from '../render-value.ts'
import type { Referred } from './plain-condition.ts'
import { tellCondition } from './plain-condition.ts'
import { plain } from './plain-text.ts'
import type { PlainNode, PlainSection } from './plain-text.ts'

export function tellFormula(formula: Formula, referred: Referred, how: Voice): readonly PlainSection[] {
  const { language } = how
  const { source, label, predicts, direction, illustrative, intercept, effectiveFrom, effectiveTo, terms, tables } = formula
  const facts = new Map(formula.space.types.map((type) => [type.id, type]))
  const head = [
    ...(source.description ? [plain(source.description[language])] : []),
    plain(say(how, 'plain.predicts', { what: predicts[language] }), [], source.citation ?? null),
    plain(say(how, `score.direction.${direction}`)),
    plain(
      say(how, 'plain.range', {
        low: pointsText(formula.least, how),
        high: pointsText(formula.most, how),
      }),
    ),
    plain(inForce(effectiveFrom, effectiveTo, how)),
    ...(illustrative ? [plain(say(how, 'score.illustrative'))] : []),
  ]
  const sum = say(how, 'score.sum', { intercept: pointsText(intercept, how), count: terms.length })
  const basis = formula.legalBasis.map(({ fact, basis: law }) =>
    plain(say(how, 'plain.basis', { label: facts.get(fact)?.label[language] ?? fact, law: law[language] })),
  )
  return [
    { title: label[language], nodes: head },
    { title: say(how, 'plain.title.terms'), nodes: [plain(sum), ...terms.map((term) => tellTerm(term, formula, referred, how))] },
    ...(tables.length === 0 ? [] : [{ title: say(how, 'plain.title.tables'), nodes: tables.map((table) => tellTable(table, how)) }]),
    ...(basis.length === 0 ? [] : [{ title: say(how, 'plain.title.basis'), nodes: basis }]),
  ]
}

/** `from` and `to` are day numbers; the second is the first day on which it does not hold, null for none. */
export function inForce(from: number, to: number | null, how: Voice): string {
  const words = { from: renderDate(from, how) }
  return to === null ? say(how, 'plain.from', words) : say(how, 'plain.fromTo', { ...words, to: renderDate(to, how) })
}

function tellTerm(term: Term, { space, source }: Formula, referred: Referred, how: Voice): PlainNode {
  const unknown =
    term.unknown.kind === 'undetermined'
      ? say(how, 'plain.unknown.undetermined')
      : say(how, 'plain.unknown.imputed', { points: pointsText(term.unknown.points, how), reason: term.unknown.reason[how.language] })
  const citation = source.terms.find(({ id }) => id === term.id)?.citation ?? null
  const label = term.label[how.language]
  const type = term.kind === 'conditional' ? undefined : (space.types[term.slot] as FactType)
  switch (term.kind) {
    case 'linear':
      return plain(tellLinear(term, type as FactType, label, how), [plain(unknown)], citation)
    case 'bands':
      return plain(say(how, 'plain.byValue', { label }), [...tellBands(term, type as FactType, how), plain(unknown)], citation)
    case 'categories':
      return plain(say(how, 'plain.byValue', { label }), [...tellCategories(term, type as FactType, how), plain(unknown)], citation)
    case 'conditional': {
      const words = { label, points: pointsText(term.points, how), otherwise: pointsText(term.otherwise, how) }
      return plain(say(how, 'plain.conditional', words), [tellCondition(term.condition, referred, how), plain(unknown)], citation)
    }
  }
}

function tellLinear({ weight, transform, low, high }: LinearTerm, type: FactType, label: string, how: Voice): string {
  const end = (value: number): string => renderAmount(value, type.scale, type.unit, how, 'genitive')
  return say(how, `plain.linear.${transform}`, { label, weight: pointsText(weight, how), low: end(low), high: end(high) })
}

function tellBands({ limits, points }: BandsTerm, type: FactType, how: Voice): readonly PlainNode[] {
  const limit = (index: number): string => renderValue(type, limits[index] as number, how, 'genitive')
  return points.map((given, index) => {
    const words = { points: pointsText(given, how) }
    if (index === 0) return plain(say(how, 'plain.band.first', { ...words, high: limit(0) }))
    if (index === limits.length) return plain(say(how, 'plain.band.last', { ...words, low: limit(index - 1) }))
    return plain(say(how, 'plain.band', { ...words, low: limit(index - 1), high: limit(index) }))
  })
}

/** Codes of the same points share a line. */
function tellCategories({ points }: CategoriesTerm, type: FactType, how: Voice): readonly PlainNode[] {
  const byPoints = new Map<number, string[]>()
  points.forEach((given, code) => {
    byPoints.set(given, [...(byPoints.get(given) ?? []), renderValue(type, code, how)])
  })
  return [...byPoints].map(([given, codes]) =>
    plain(say(how, 'plain.category', { codes: renderList(codes, how), points: pointsText(given, how) })),
  )
}

function tellTable(table: ScoreTable, how: Voice): PlainNode {
  const title = table.label?.[how.language] ?? table.name
  if (table.kind === 'lookUp') {
    const rows = table.scores.map((score, index) =>
      plain(say(how, 'plain.table.row', { low: pointsText(score, how), value: lookedUp(table.values[index] as number, table.unit, how) })),
    )
    return plain(title, rows)
  }
  const band = (index: number): string => table.bands[index]?.label[how.language] ?? ''
  const limit = (index: number): string => pointsText(table.limits[index] as number, how)
  const rows = table.bands.map((_, index) => {
    if (index === table.limits.length) return plain(say(how, 'plain.table.row', { low: limit(index - 1), value: band(index) }))
    return plain(say(how, 'plain.table.band', { high: limit(index), value: band(index) }))
  })
  return plain(title, rows)
}

const lookedUp = (value: number, unit: string | null, how: Voice): string => renderAmount(value, POINT_SCALE, unit, how)
