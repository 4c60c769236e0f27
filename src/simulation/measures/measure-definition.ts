/** What a report or a page says of a measure: one source for the name, the sentence, the unit and the citation. */

export interface InBothLanguages {
  readonly en: string
  readonly ar: string
}

/** What the number of a measure is counted in. */
export const MEASURE_UNITS = {
  share: { en: 'share, 0 to 1', ar: 'نسبة من 0 إلى 1' },
  index: { en: 'index without a unit', ar: 'مؤشر بلا وحدة' },
  ratio: { en: 'ratio of two amounts', ar: 'نسبة مقدار إلى آخر' },
  difference: { en: 'difference of two shares, −1 to 1', ar: 'فرق بين نسبتين، من −1 إلى 1' },
  welfare: { en: "the welfare column's own unit", ar: 'الوحدة التي يُقاس بها الرفاه' },
  money: { en: 'whole smallest units of money', ar: 'عدد صحيح من أصغر وحدة نقدية' },
  weight: { en: 'weight: households, persons or survey weight', ar: 'الوزن: أسر أو أفراد أو أوزان المسح' },
  units: { en: 'households or persons', ar: 'أسر أو أفراد' },
  hundredths: { en: 'hundredths of the ranked weight', ar: 'أجزاء من مئة من الوزن المرتَّب' },
} as const satisfies Readonly<Record<string, InBothLanguages>>
export type MeasureUnit = keyof typeof MEASURE_UNITS

export interface MeasureDefinition {
  /** Kebab-case, stable: reports store it. */
  readonly id: string
  readonly name: InBothLanguages
  /** One sentence in each language. */
  readonly definition: InBothLanguages
  readonly unit: MeasureUnit
  readonly source: string
  /** The file, from this folder, and its exported function; `field` where its answer holds more than this measure. */
  readonly computedBy: { readonly file: string; readonly name: string; readonly field?: string }
}
