/** Every code that a check of a condition, rule, programme or case file can report, in one table. */
import type { Diagnostic } from '../kernel/diagnostic.ts'

export const diagnosticCodes = {
  'json-too-long': 'The text is longer than 64 KiB.',
  'json-too-deep': 'The text nests deeper than 64 levels.',
  'json-syntax': 'The text is not strict JSON (comments, trailing commas and single quotes are refused too).',
  'json-duplicate-key': 'An object has the same key twice; readers disagree on which one counts.',
  'json-number-precision': 'A number is written with more than 15 significant digits, or is too large to be exact.',
  'text-invalid': 'A text holds a NUL character or half of a surrogate pair, which no database stores.',
  'not-an-object': 'An object was expected here.',
  'unknown-key': 'The object has a key that the language does not have.',
  'key-refused': 'The key exists in json-rules-engine and is refused here: `path` runs code, `params` and `priority` mean nothing to us.',
  'missing-key': 'A key that must be present is missing.',
  'wrong-type': 'The value is of another JSON type than expected.',
  'wrong-value': 'The value is of the right JSON type but not one of those allowed.',
  'annotation-invalid': '`name` and `citation` are texts, `because` is a text in English and in Arabic.',
  'condition-kind-missing': 'A node must have one of `all`, `any`, `not`, `condition`, `fact`.',
  'condition-kinds-several': 'A node has two of `all`, `any`, `not`, `condition`, `fact`; json-rules-engine would ignore one silently.',
  'condition-root': 'A rule begins with `all`, `any`, `not` or `condition`.',
  'group-not-array': '`all` and `any` take a list of conditions.',
  'group-empty': '`all` and `any` need at least one condition: an empty `any` is true in some engines and false in others.',
  'condition-too-deep': 'Conditions nest deeper than 20 levels after definitions are put in.',
  'condition-too-large': 'There are more than 500 leaves after definitions are put in.',
  'fact-unknown': 'The fact is not in the catalogue of this place.',
  'operator-unknown': 'The operator does not exist.',
  'operator-type': 'The operator does not accept facts of this type.',
  'definition-unknown': 'No shared definition has this name.',
  'definition-cyclic': 'A shared definition refers to itself, directly or through others.',
  'definition-invalid': 'The shared definition that is referred to has errors of its own.',
  'definition-scope': 'The shared definition speaks of facts that this place does not have.',
  'literal-null': 'null is not a value; to ask whether something is known there is `isKnown`.',
  'literal-type': 'The literal is not of the type of the fact.',
  'literal-code': 'The literal is not one of the codes of the category.',
  'literal-date': 'The literal is not a date of the calendar, written YYYY-MM-DD.',
  'literal-places': 'The literal has more decimal places than the fact.',
  'literal-range': 'The literal leaves the exact range (±2^53 of the smallest unit, 15 significant digits).',
  'list-expected': '`in` and `notIn` take a list.',
  'list-unexpected': 'Only `in` and `notIn` take a list.',
  'list-empty': 'The list is empty.',
  'list-mixed': 'The list mixes values of different types.',
  'list-repeats': 'The list has the same value twice.',
  'list-too-long': 'The list has more than 500 values.',
  'fact-value-refused': 'The value may not be another fact here.',
  'types-differ': 'Two facts of different types are compared.',
  'codes-differ': 'Two categories with different codes are compared.',
  'units-differ': 'Two facts of different units are compared.',
  'periods-differ': 'An amount of one period is compared with an amount of another.',
  'protected-without-basis': 'A protected fact is used and no legal basis is stated for it.',
  'basis-unused': 'A legal basis is stated for a fact that the rule does not use.',
  'rule-unknown': 'The programme names a rule version that does not exist.',
  'formula-unknown': 'The programme names a formula version that does not exist.',
  'formula-missing': 'The programme orders by score and names no formula.',
  'benefit-not-money': 'The benefit must be a money fact whose unit names its period.',
  'order-tie-break': 'The order must end with the tie-break, once.',
  'order-repeats': 'The order has the same key twice.',
  'targeting-places': 'A budget or threshold has more decimal places than the amounts or scores that it is compared with.',
  'thresholds-crossed': 'The exit threshold is stricter than the entry, by the direction of the formula.',
  'quota-areas': 'The quotas do not fit the places or the areas.',
  'programme-unknown': 'The programme does not exist.',
  'programme-repeats': 'Two programmes have the same id.',
  'programme-cyclic': 'Programmes depend on one another in a circle.',
  'precedence-repeats': 'Two programmes have the same precedence.',
  'precedence-order': 'A programme excludes, or depends on the selection of, one that is taken after it.',
  'members-unit': '`severalMembers` is for programmes whose unit is the person.',
  'bounds-invalid': 'Bounds are `atLeast` and `atMost`, at least one, not crossed, on a number or a date.',
  'case-repeats': 'Two cases have the same id.',
  'case-coverage': 'The cases leave out an outcome, a value settled by bounds, or a threshold of the rule.',
  'case-condition': 'No case makes a condition of the rule true, or false, or unknown.',
  'case-limit': 'A limit of the rule could be moved by one step and every case would come out as before.',
  'case-fails': 'A worked case comes out otherwise than it expects.',
  'rule-not-named': 'A new version of a rule is named by no programme and would decide nothing.',
  'version-taken': 'A rule or formula states a number that another version has.',
  'id-differs': 'A draft is of one object and its text speaks of another.',
  'effective-date-differs': 'A rule or formula states another day than the change that brings it.',
  'fact-in-use': 'A fact is taken out of the catalogue while rules, formulas, programmes or other facts still read it.',
  'retire-numbered': 'A rule or formula cannot be taken out of force by itself: the programme that names it can.',
} as const satisfies Readonly<Record<string, string>>

export type DiagnosticCode = keyof typeof diagnosticCodes

/** One error (or warning) of this language's table. */
export function finding(
  code: DiagnosticCode,
  pointer: string,
  message: string,
  more: {
    readonly messageAr?: string
    readonly expected?: string
    readonly hint?: string | undefined
    readonly severity?: 'error' | 'warning'
  } = {},
): Diagnostic {
  return {
    code,
    pointer,
    message,
    ...(more.messageAr === undefined ? {} : { messageAr: more.messageAr }),
    ...(more.expected === undefined ? {} : { expected: more.expected }),
    ...(more.hint === undefined ? {} : { hint: more.hint }),
    severity: more.severity ?? 'error',
  }
}

/** What somebody wrote, quoted for a message: at most 60 characters of its JSON. */
export function quote(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? 'nothing')
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
