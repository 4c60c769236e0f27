/** What a rule's truth means for a programme. */
import { FALSE, TRUE } from '../../kernel/truth.ts'
import type { Truth } from '../../kernel/truth.ts'

export type Outcome = 'eligible' | 'ineligible' | 'undetermined'

export const outcomeOf = (truth: Truth): Outcome => (truth === TRUE ? 'eligible' : truth === FALSE ? 'ineligible' : 'undetermined')
