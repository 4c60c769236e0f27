/** The marginals of the synthetic nation. (public): published figures, see docs/reference/population.md; the rest is assumed. */
import { cumulative } from './random.ts'

/** Governorates and their shares of the population (public: census of 2015). */
export const governorates = ['11', '12', '13', '14', '21', '22', '23', '24', '31', '32', '33', '34'] as const
export const governorateShares = cumulative([42.0, 5.2, 14.3, 2.0, 18.6, 5.8, 2.5, 1.8, 3.3, 1.0, 1.5, 2.0])

/** Where there is pasture and farm land: households there keep livestock and own fields more often. */
export const ruralGovernorates: readonly boolean[] = [false, true, false, true, false, true, true, true, true, true, true, false]

/** Kinds of household; women head 15% (public). */
export const householdKinds = ['couple', 'widow', 'divorced', 'womanAlone', 'widower', 'manAlone'] as const
export const householdKindShares = cumulative([81.2, 9.6, 3.4, 2.0, 1.6, 2.2])

/** Ages of heads in bands [from, to], for each kind of household. */
export const headAges: Readonly<
  Record<(typeof householdKinds)[number], { readonly bands: readonly (readonly [number, number])[]; readonly shares: number[] }>
> = {
  couple: {
    bands: [
      [22, 29],
      [30, 39],
      [40, 49],
      [50, 59],
      [60, 69],
      [70, 84],
    ],
    shares: cumulative([7.5, 26, 29, 20.5, 12, 5]),
  },
  widow: {
    bands: [
      [28, 39],
      [40, 49],
      [50, 59],
      [60, 69],
      [70, 88],
    ],
    shares: cumulative([8, 16, 22, 26, 28]),
  },
  divorced: {
    bands: [
      [24, 33],
      [34, 49],
      [50, 62],
    ],
    shares: cumulative([32, 52, 16]),
  },
  womanAlone: {
    bands: [
      [28, 49],
      [50, 74],
    ],
    shares: cumulative([55, 45]),
  },
  widower: {
    bands: [
      [45, 59],
      [60, 88],
    ],
    shares: cumulative([25, 75]),
  },
  manAlone: {
    bands: [
      [23, 39],
      [40, 66],
    ],
    shares: cumulative([65, 35]),
  },
}

/** Households of non-Jordanians, and Jordanian households with a non-Jordanian spouse. */
export const nonJordanianHouseholds = 0.09
export const nonJordanianSpouses = 0.02
export const nationalities = ['SY', 'PS', 'EG', 'IQ', 'YE', 'OTHER'] as const
export const nationalityShares = cumulative([58, 18, 14, 5, 3, 2])

/** Children that a couple has in the end, 0 to 11, of the poorest and of the richest third. */
export const childrenOfPoorer = cumulative([1.5, 2, 4, 9, 17, 21, 19, 13, 8, 3.5, 1.5, 0.5])
export const childrenOfRicher = cumulative([2.5, 4, 10, 22, 26, 18, 10, 5, 2, 0.5, 0, 0])

/** Tenure (public: 62% own, 35% rent). */
export const tenures = ['owned', 'rented', 'free', 'employer'] as const

/** Log expenditure per person, JOD a month: its spread, and the middle that leaves 15.7% of persons below 100 (public: 2017/18); households of many are poorer. */
export const logExpenditureSpread = 0.5
export const logExpenditureMedian = Math.log(100) + 1.165 * logExpenditureSpread
