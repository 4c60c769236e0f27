import type { Aggregate, CatalogueFact, FactDefinition } from './catalogue.ts'
import type { FactHeader } from './fact-header.ts'

/** Whether a fact can have bounds while unknown, and whether its values are never negative: both follow from how it is computed. */
export function inferKnowledge(
  header: FactHeader,
  definition: FactDefinition,
  fact: (id: string) => CatalogueFact | undefined,
  declaredNonNegative: boolean,
): { readonly bounded: boolean; readonly nonNegative: boolean } {
  const numeric = header.type === 'integer' || header.type === 'decimal'
  const inferred = infer(definition, fact)
  return { bounded: numeric && inferred.bounded, nonNegative: numeric && (inferred.nonNegative || declaredNonNegative) }
}

function infer(definition: FactDefinition, fact: (id: string) => CatalogueFact | undefined): { bounded: boolean; nonNegative: boolean } {
  switch (definition.kind) {
    case 'aggregate':
      return aggregate(definition)
    case 'column':
      return {
        bounded: false,
        nonNegative: definition.registry.columns.find((column) => column.name === definition.column)?.nonNegative ?? false,
      }
    case 'head': {
      const of = fact(definition.fact)
      return { bounded: of?.bounded ?? false, nonNegative: of?.nonNegative ?? false }
    }
    case 'firstKnown':
      return { bounded: false, nonNegative: definition.facts.every((id) => fact(id)?.nonNegative) }
    case 'greatestKnown':
      return {
        bounded: definition.facts.some((id) => fact(id)?.bounded),
        nonNegative: definition.facts.every((id) => fact(id)?.nonNegative),
      }
    case 'derived':
      return definition.value
    case 'parameter':
      return { bounded: false, nonNegative: definition.parameter.epochs.every((epoch) => (epoch.value ?? 0) >= 0) }
    case 'household':
      return { bounded: false, nonNegative: true }
    default:
      return { bounded: false, nonNegative: false }
  }
}

function aggregate({ function: fn, of, empty }: Aggregate): { bounded: boolean; nonNegative: boolean } {
  const ofNonNegative = (of?.nonNegative ?? false) && (typeof empty !== 'number' || empty >= 0)
  switch (fn) {
    case 'count':
    case 'countDistinct':
    case 'longestRun':
      return { bounded: true, nonNegative: true }
    case 'sum':
    case 'max':
    case 'min':
      return { bounded: of?.type !== 'date', nonNegative: ofNonNegative }
    default:
      return { bounded: false, nonNegative: ofNonNegative }
  }
}
