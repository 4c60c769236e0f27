/** Pages of the reference that are written from the tables: operators, and the codes of every finding. */
import { catalogueDiagnosticCodes } from './catalogue/diagnostic-codes.ts'
import { diagnosticCodes } from './diagnostic-codes.ts'
import { formulaDiagnosticCodes } from './formula/formula-diagnostics.ts'
import { say, voice } from './messages.ts'
import type { Language } from './messages.ts'
import { operatorNames, operators } from './operators.ts'
import type { Operator } from './operators.ts'

/** Where a finding's code may come from, in the order of the page. */
export const codeTables: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Texts, conditions, rules, programmes and cases': diagnosticCodes,
  'Facts and parameters': catalogueDiagnosticCodes,
  Formulas: formulaDiagnosticCodes,
}

export function operatorsPage(): string {
  const rows = operatorNames.map((name) => {
    const operator = operators[name]
    return `| \`${name}\` | ${operator.accepts.join(', ')} | ${valueOf(operator)} | ${operator.name === 'isKnown' ? '`isKnown` of the opposite' : `\`${operator.negation}\``} | ${requirement(operator, 'en')} | ${requirement(operator, 'ar')} | \`${operator.sql({ lo: 'lo', hi: 'hi' }, [{ lo: 'v', hi: 'v' }])}\` |`
  })
  return [
    '# Operators',
    '',
    'Generated from `src/language/operators.ts` by `npm run mizan -- language`; a test compares the two. What they mean, and what unknown does to them, is in',
    '[the language](../explanation/language.md). The last column shows the SQL over a fact that may be known only within bounds (`lo`, `hi`, NULL where open).',
    '',
    '| operator | facts of type | `value` | negation | in words | بالكلمات | SQL |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

export function diagnosticsPage(): string {
  const section = ([title, table]: [string, Readonly<Record<string, string>>]): string[] => [
    `## ${title}`,
    '',
    '| code | meaning |',
    '|---|---|',
    ...Object.entries(table).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ]
  return [
    '# Findings',
    '',
    'Generated from the tables of codes in `src/language/` by `npm run mizan -- language`; a test compares the two. A check of a text reports everything that is',
    'wrong at once. Each finding has a code of these, a JSON Pointer into the text, a message that quotes what was written and, where they help, what was',
    'expected and a hint. Findings of severity `error` keep the text from being accepted; a `warning` does not.',
    '',
    ...Object.entries(codeTables).flatMap(section),
  ].join('\n')
}

function valueOf({ value, factValue }: Operator): string {
  if (value === 'flag') return 'true or false'
  return value === 'list' ? 'a list of literals' : `a literal${factValue ? ' or `{"fact": id}`' : ''}`
}

const requirement = ({ phrase }: Operator, language: Language): string =>
  say(voice(language), phrase, { kind: 'number', operand: '…', known: 'yes' })
