/** What is written on everything that was measured on an invented sample. */
import type { Words } from '../../language/fact-space.ts'

export const SYNTHETIC_STAMP: Words = {
  en: 'Measured on a synthetic sample: it says nothing about Jordan.',
  ar: 'قيس على عينة اصطناعية، فلا يدل على شيء عن الأردن.',
}
