/** National IDs and personal IDs are ten ASCII digits kept as text: leading zeros matter, other digits are refused. */

const TEN_DIGITS = /^[0-9]{10}$/

export const isNationalId = (text: unknown): text is string => typeof text === 'string' && TEN_DIGITS.test(text)
