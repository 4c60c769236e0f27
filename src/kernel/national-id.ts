/** National IDs and personal IDs are ten ASCII digits kept as text: leading zeros matter, other digits are refused. */

const TEN_DIGITS = /^[0-9]{10}$/

export const isNationalId = (text: unknown): text is string => typeof text === 'string' && TEN_DIGITS.test(text)

/** Ten digits that stand alone, of any script, whatever marks of direction are between them. A date with an hour is no number. */
const NUMBER_INSIDE = /(?<!\p{Nd}\p{Cf}*)\p{Nd}(?:\p{Cf}*\p{Nd}){9}(?!\p{Cf}*\p{Nd})/u

/** Whether a text that people wrote holds what could be somebody's number: such texts are refused where numbers have no place. */
export const holdsNationalId = (text: string): boolean => NUMBER_INSIDE.test(text)

/** An id that we made: about one in a hundred has ten digits in a row. */
const OWN_ID = /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/u

const ALL_INSIDE = new RegExp(`(${OWN_ID.source})|${NUMBER_INSIDE.source}`, 'gu')

/** The text with every such number taken out: for words that may quote what a client wrote, names of its keys among them. Ids of ours stay whole. */
export const withoutNationalIds = (text: string): string => text.replace(ALL_INSIDE, (_number, id: string | undefined) => id ?? '[…]')
