/** Households as if they had been made of a programme whose formula changes: one that comes within a cut-off, and none that is left behind. */
import type { MovedScores } from '../../../src/simulation/moved-scores.ts'
import { PROGRAMMES } from './made-result.ts'

export const madeMovers: readonly MovedScores[] = [
  {
    programme: PROGRAMMES[0] as string,
    formulas: { before: 'old', after: 'young' },
    area: { fact: 'governorate', code: '21', label: { en: 'Irbid', ar: 'إربد' } },
    tier: { name: 'large', label: { en: 'Large families', ar: 'الأسر الكبيرة' } },
    cutOffs: { before: 5_000_000, after: 4_900_000 },
    movers: [
      {
        kind: 'enters',
        witness: {
          facts: { householdSize: 6, governorate: '21', incomeTotalMonthly: '120.500', hasHeatPump: true, rooms: { atLeast: 2 } },
          words: {
            en: ['Members: 6', 'Governorate: Irbid', 'Income: JOD 120.500', 'A heat pump: yes', 'Rooms: 2 or more'],
            ar: ['الأفراد: 6', 'المحافظة: إربد', 'الدخل: 120.500 دينار', 'مضخة حرارية: نعم', 'الغرف: 2 فأكثر'],
          },
          mayBeImpossible: [],
          before: '5.100000',
          after: '4.350000',
          terms: [
            { term: 'size', label: { en: 'Size <b>', ar: 'العدد <b>' }, before: '-1.000000', after: '-1.500000' },
            { term: 'income', label: null, before: '0.500000', after: '0.500000' },
            { term: 'gone', label: null, before: '0.250000', after: null },
          ],
        },
      },
      { kind: 'leaves', witness: null },
    ],
  },
]
