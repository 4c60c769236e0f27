/** The forms in which a list can be had, and which one a request asks for. */

export const EXPORT_FORMATS = ['csv', 'parquet', 'xlsx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
export const LIST_FORMATS = ['json', ...EXPORT_FORMATS] as const
export type ListFormat = (typeof LIST_FORMATS)[number]

export const mediaTypes: Readonly<Record<ListFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/**
 * `format` where it is given, since people who follow a link cannot choose what their browser accepts; otherwise the form that `Accept` likes
 * best, the first of equals. What is not among `offered` is passed over, and nothing known means JSON.
 */
export function formatAsked<F extends ListFormat>(
  accept: string | undefined,
  format: F | undefined,
  offered: readonly (F | 'json')[],
): F | 'json' {
  if (format !== undefined) return format
  let best: { readonly format: F | 'json'; readonly quality: number } = { format: 'json', quality: 0 }
  for (const range of (accept ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const known = type === '*/*' || type === 'application/*' ? 'json' : offered.find((one) => mediaTypes[one] === type)
    const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1)
    if (known !== undefined && quality > best.quality) best = { format: known, quality }
  }
  return best.format
}
