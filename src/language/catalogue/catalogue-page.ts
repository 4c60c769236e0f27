/** The fact catalogue as a page of the reference: what each fact means, in what unit, from where, and what it may be used for. */
import type { Catalogue, CatalogueFact, FactDefinition } from './catalogue.ts'

export function cataloguePage(catalogue: Catalogue): string {
  const part = (entity: 'household' | 'person', title: string) =>
    `## ${title}\n\n| fact | | الوصف | type and unit | computed | registries | |\n|---|---|---|---|---|---|---|\n${catalogue.order[entity]
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((fact) => row(catalogue, fact))
      .join('\n')}\n`
  return `# Fact catalogue

Generated from \`rules/catalogue/\` by \`npm run mizan -- catalogue\`; a test compares the two. A rule can speak of these facts only. P: protected, usable only with a
stated legal basis. C: the citizen can have it corrected. B: may be unknown and still have bounds. D: deprecated, with the day and what to use instead.

${part('household', 'Household facts')}
${part('person', 'Person facts')}`
}

function row(catalogue: Catalogue, fact: CatalogueFact): string {
  const type = fact.unit
    ? `${fact.type}${fact.scale > 0 ? `(${fact.scale})` : ''}, ${fact.unit}`
    : fact.codes
      ? `one of ${fact.codes.slice(0, 8).join(', ')}${fact.codes.length > 8 ? ', ...' : ''}`
      : fact.type
  const flags = [fact.protected ? 'P' : '', fact.correctable ? 'C' : '', fact.bounded ? 'B' : '', deprecation(fact)]
    .filter((flag) => flag !== '')
    .join(' ')
  return `| \`${fact.id}\` | ${fact.label.en} | ${fact.label.ar} | ${type} | ${howComputed(fact.definition)} | ${catalogue.sourcesOf(fact.id).join(', ')} | ${flags} |`
}

function deprecation({ deprecated }: CatalogueFact): string {
  if (deprecated === null) return ''
  return `D (${deprecated.since}${deprecated.instead === null ? '' : `, \`${deprecated.instead}\``})`
}

/** One phrase on how a fact is computed. */
export function howComputed(definition: FactDefinition): string {
  switch (definition.kind) {
    case 'aggregate': {
      const over =
        definition.over.kind === 'registry'
          ? `rows of ${definition.over.registry.id}`
          : `${definition.over.relation}${definition.over.within === 'anywhere' ? ' anywhere' : ''}`
      return `${definition.function} over ${over}${definition.where ? ', filtered' : ''}${definition.window ? `, last ${definition.window.months} months` : ''}`
    }
    case 'column':
      return `${definition.registry.id}.${definition.column}`
    case 'head':
      return `the head's ${definition.fact}`
    case 'declared':
      return `declared at ${definition.path}`
    case 'firstKnown':
    case 'greatestKnown':
      return `${definition.kind === 'firstKnown' ? 'first' : 'greatest'} known of ${definition.facts.join(', ')}`
    case 'derived':
      return 'derived'
    case 'holds':
      return 'a condition'
    case 'parameter':
      return `parameter ${definition.parameter.id}`
    case 'programmeStatus':
      return `status in ${definition.programme}`
    case 'identity':
    case 'household':
      return definition.column
    case 'computed':
      return definition.what
  }
}
