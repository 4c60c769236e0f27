/** How far households move in the order. */
import { spreads } from '../charts/spreads.ts'
import { definition, figure, named, type Page, section, table } from '../figure.ts'
import { type Content, html, type Markup } from '../../../kernel/markup.ts'

export function ranksSection(page: Page): Markup {
  const { speaker, subject, newId } = page
  const { say } = speaker
  const compared = subject.told.scenarios.flatMap(({ name, ranks }) => ranks.map((one) => ({ name, ...one })))
  const title = say('ranksTitle')
  if (compared.length === 0) return section(page, { id: 'ranks', title, body: [html`<p>${say('noRankMoves')}</p>`, sensitivity(page)] })
  const labelled = compared.map((one) => ({ ...one, label: `${one.name} · ${speaker.name('formula', one.formula)}` }))
  const index = (value: number | null): string => speaker.told(value, (known) => speaker.number(known, 3), 'notMeasured')
  const description = labelled.map(({ label, quantiles }) => {
    const moves = quantiles.map(
      ({ percent, move }) => `${percent}%: ${speaker.told(move, (value) => speaker.signed(value, 1), 'notMeasured')}`,
    )
    return say('perPolicy', { policy: label, values: moves.join(', ') })
  })
  return section(page, {
    id: 'ranks',
    title,
    body: [
      table({
        caption: title,
        words: 2,
        head: [
          say('policy'),
          say('order'),
          speaker.measure('spearman').name,
          speaker.measure('kendall-tau-b').name,
          say('meanDistance'),
          say('sameTenth'),
        ],
        rows: labelled.map((one) => [
          named(one.name),
          speaker.name('formula', one.formula),
          index(one.spearman),
          index(one.kendall),
          speaker.told(one.meanDistance, (value) => speaker.number(value, 1), 'notMeasured'),
          speaker.told(one.sameTenth, speaker.count, 'fewer'),
        ]),
      }),
      html`<div class="definitions">${['spearman', 'kendall-tau-b'].map((id) => definition(speaker, id))}</div>`,
      figure(page, {
        title: say('ranksFigure'),
        charts: spreads(
          newId(),
          labelled.map(({ label, quantiles }) => ({ label, quantiles: new Map(quantiles.map(({ percent, move }) => [percent, move])) })),
          speaker,
          { title: say('ranksFigure'), description: description.join('; ') },
        ),
        measures: ['rank-moves'],
        text: say('ranksDefinition'),
      }),
      sensitivity(page),
    ],
  })
}

/** Nothing where it was not asked for. The terms that move most come first. */
function sensitivity({ subject, speaker }: Page): Content {
  const { say } = speaker
  const { step, formulas, unusedFacts } = subject.told.baseline.sensitivity ?? {}
  if (!step || !formulas || !unusedFacts) return null
  const number = (value: number | null): string => speaker.told(value, (known) => speaker.number(known, 2), 'notMeasured')
  const share = ({ otherTenth, spearman }: { readonly otherTenth: number | null; readonly spearman: number | null }): string =>
    speaker.told(otherTenth, (known) => speaker.percent(known, 1), spearman === null ? 'notMeasured' : 'fewer')
  const tables = formulas.map(({ formula, terms }) =>
    table({
      caption: speaker.name('formula', formula),
      head: [say('term'), say('lighter'), say('otherTenth'), say('heavier'), say('otherTenth')],
      rows: terms
        .toSorted((a, b) => (b.heavier.meanDistance ?? 0) - (a.heavier.meanDistance ?? 0))
        .map(({ label, lighter, heavier }) => [
          named(speaker.of(label)),
          number(lighter.meanDistance),
          share(lighter),
          number(heavier.meanDistance),
          share(heavier),
        ]),
    }),
  )
  return [
    html`<h3>${say('sensitivityTitle')}</h3>
      <p>${say('sensitivityLead', { step: speaker.percent(step) })}</p>`,
    tables,
    unusedFacts.length > 0 ? html`<p>${say('unusedFacts')} <bdi lang="en">${unusedFacts.join(', ')}</bdi></p>` : null,
  ]
}
