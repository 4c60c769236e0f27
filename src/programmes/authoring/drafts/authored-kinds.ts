/** The kinds of objects that people write: registries' shapes follow from their definitions and are not among them. */
export const authoredKinds = ['codeLists', 'catalogue', 'definition', 'parameter', 'formula', 'rule', 'programme', 'cases'] as const
export type AuthoredKind = (typeof authoredKinds)[number]

/** These carry their number in the text and hold side by side; programmes name one of them. */
export const isNumbered = (kind: string): boolean => kind === 'rule' || kind === 'formula'
