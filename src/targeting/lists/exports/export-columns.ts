/** The columns of files that keep types: what each field of a unit is, its width on a sheet, and its name in both languages. */
import type { Words } from '../../../language/fact-space.ts'
import type { UnitField } from '../unit-answer.ts'

export interface ExportColumn {
  /** `points` have six decimal places, `money` three; `codes` are several texts. */
  readonly kind: 'integer' | 'reference' | 'points' | 'money' | 'date' | 'boolean' | 'text' | 'codes'
  readonly label: Words
}

const column = (kind: ExportColumn['kind'], en: string, ar: string): ExportColumn => ({ kind, label: { en, ar } })

export const exportColumns: Readonly<Record<UnitField, ExportColumn>> = {
  position: column('integer', 'Position', 'الترتيب في القائمة'),
  householdRef: column('reference', 'Household reference', 'مرجع الأسرة'),
  personRef: column('reference', 'Person reference', 'مرجع الفرد'),
  governorate: column('text', 'Governorate', 'المحافظة'),
  liwa: column('text', 'District', 'اللواء'),
  kada: column('text', 'Sub-district', 'القضاء'),
  branchOffice: column('text', 'Branch office', 'الفرع'),
  tier: column('integer', 'Priority tier', 'فئة الأولوية'),
  score: column('points', 'Score', 'الدرجة'),
  scoreLo: column('points', 'Lowest possible score', 'أدنى درجة ممكنة'),
  scoreHi: column('points', 'Highest possible score', 'أعلى درجة ممكنة'),
  nationalRank: column('integer', 'National rank', 'الترتيب على مستوى المملكة'),
  governorateRank: column('integer', 'Rank in the governorate', 'الترتيب في المحافظة'),
  percentile: column('integer', 'Percentile', 'الشريحة المئوية'),
  personPercentile: column('integer', 'Percentile of persons', 'الشريحة المئوية للأفراد'),
  benefit: column('money', 'Benefit (JOD)', 'قيمة المنفعة (دينار)'),
  applicationDate: column('date', 'Application date', 'تاريخ الطلب'),
  status: column('text', 'Status', 'الحالة'),
  reason: column('text', 'Reason', 'السبب'),
  dependsOnMissing: column('boolean', 'Depends on missing facts', 'يتوقف على بيانات ناقصة'),
  missingFacts: column('codes', 'Facts to verify first', 'بيانات يجب التحقق منها أولًا'),
}
