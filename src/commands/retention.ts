/** `mizan retention --dry-run | --apply`: counts, or deletes, what is past its time. */
import { applyRetention, pastTime } from '../data-protection/retention/apply-retention.ts'
import { type Command, tell } from './command.ts'
import { withDatabase } from './with-database.ts'

export const retention: Command = async (context) => {
  const { args, signal } = context
  const [isDry, isApplied] = [args.includes('--dry-run'), args.includes('--apply')]
  if (isDry === isApplied) {
    tell('Say either --dry-run, which counts, or --apply, which deletes.', 'حدّد إما ‎--dry-run‎ للعدّ أو ‎--apply‎ للحذف.')
    return 64
  }
  return withDatabase(context, async (database, ready) => {
    ready()
    const onTable = ({ table, rows, before }: { table: string; rows: number; before: string }): void => {
      if (rows > 0) tell(`${table}: ${rows} rows from before ${before}`, `${table}: ‏${rows} صفوف قبل ${before}`)
    }
    const now = new Date()
    const past = isDry ? await pastTime(database.pool, { now }) : await applyRetention(database, { now, onTable, signal })
    if (isDry) past.forEach(onTable)
    const rows = past.reduce((sum, one) => sum + one.rows, 0)
    tell(
      isDry ? `${rows} rows are past their time; nothing was deleted.` : `${rows} rows were deleted.`,
      isDry ? `${rows} صفوف انقضت مدة حفظها، ولم يُحذف شيء.` : `حُذف ${rows} صفوف.`,
    )
    return 0
  })
}
