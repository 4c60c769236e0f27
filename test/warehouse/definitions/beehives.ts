/** A registry that is not shipped, with a column named by a keyword of SQL; a fresh definition each time. */

/* Definitions are changed beyond their type, so they are loose here. */
type Loose = any // oxlint-disable-line typescript/no-explicit-any

/** Its custodian, which is not shipped either. */
export const keepers = { id: 'BKA', names: { en: 'Beekeepers’ Authority', ar: 'هيئة مربي النحل' }, kind: 'authority' }

export const beehives = (): Loose => ({
  id: 'bka_beehives',
  custodian: 'BKA',
  sourceName: 'BKA_Beehives',
  label: { en: 'Beehives', ar: 'خلايا النحل' },
  description: { en: 'Beehives as the ministry counted them.', ar: 'خلايا النحل كما حصرتها الوزارة.' },
  rowsPerPerson: 'one',
  key: [],
  columns: [
    { name: 'hives', type: 'integer', unit: 'hives', label: { en: 'Hives', ar: 'عدد الخلايا' }, min: 0, required: true },
    { name: 'counted_on', type: 'date', label: { en: 'Counted on', ar: 'تاريخ الحصر' } },
    { name: 'select', type: 'category', codes: { open: { en: 'Open', ar: 'مفتوح' } }, label: { en: 'State', ar: 'الحالة' } },
  ],
  population: 'jordanians',
  absence: 'none',
  freshness: { maxAgeDays: 400, graceDays: 120 },
})

/** The same, asked person by person. */
export function pulledBeehives(): Loose {
  const definition = beehives()
  definition.columns.pop()
  return {
    ...definition,
    delivery: 'pulled',
    connector: {
      operation: 'BKA.GetBeehivesByNationalNo',
      path: '/bka/beehives',
      numberField: 'nationalNo',
      rowsAt: '/result',
      columns: { hives: '/counts/hives', counted_on: '/counted_on' },
      notFound: { at: '/status', equals: 'NOT_FOUND' },
      // The bus answers after 20 ms; this process may be busy longer than that with something else.
      timeoutMs: 1_500,
      timeToLiveMinutes: 60,
      callsAtOnce: 2,
    },
  }
}
