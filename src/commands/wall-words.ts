/** What an operator is told of PostgreSQL's side of the grants. */
import type { WallState } from '../access/grants/wall/wall-state.ts'

export const wallWords = ({ missing }: WallState): readonly [en: string, ar: string] => [
  `Second wall OFF: the database user lacks ${missing.join(' and ')}; grants are held by the service alone. See docs/how-to/grant-access.md.`,
  `الحاجز الثاني متوقف: ينقص مستخدم قاعدة البيانات ${missing.join(' و')}، ولا يلتزم بالمنح إلا الخدمة نفسها. انظر docs/how-to/grant-access.md.`,
]
