/** Texts that somebody sends to hold up the service: each within the limits of a text, and none a rule that says anything. */

const leaf = { fact: 'householdSize', operator: 'greaterThan', value: 1 }
const times = <T>(length: number, make: (n: number) => T): T[] => Array.from({ length }, (_, n) => make(n))

/** `rule` is any sound rule; each is refused. */
export function hostileRules(rule: object): Readonly<Record<string, object>> {
  const saying = (conditions: unknown): object => ({ ...rule, conditions })
  return {
    '600 leaves': saying({ all: times(600, () => leaf) }),
    '480 unknown facts that look like known ones': saying({
      all: times(480, (n) => ({ fact: `hоuseholdSizeWithNumber${n}`, operator: 'equals', value: 1 })),
    }),
    'wide: 13,000 numbers': saying({ all: times(13_000, (n) => n % 10) }),
    'wide: 4,000 unknown keys': saying({ all: [Object.fromEntries(times(4_000, (n) => [`k${n}`, n % 10]))] }),
    'deep: 50 levels': saying(times(50, () => 0).reduce<object>((inner) => ({ not: inner }), leaf)),
    'huge numbers': saying({ all: times(400, (n) => ({ ...leaf, value: 1e25 + n * 1e18 })) }),
    'prototype names': saying({
      all: times(300, (n) => ({ fact: ['constructor', 'toString', 'hasOwnProperty'][n % 3], operator: 'valueOf', value: 1 })),
    }),
    'definitions by names of prototypes': saying({ all: times(400, () => ({ condition: 'constructor' })) }),
  }
}

/** Each refers twice to the next, so that a thousand lines would be 2^1000 leaves if they were put in. */
export const nestedDefinitions = (count: number): readonly { readonly id: string; readonly conditions: object }[] =>
  times(count, (n) => ({
    id: `n${n}`,
    label: { en: `nested ${n}`, ar: `متداخل ${n}` },
    scope: 'household',
    conditions: { all: [{ condition: `n${n + 1}` }, { condition: `n${n + 1}` }] },
  }))
