/** A small registry with a column of every type, for tests of tables and loads. */
import type { RegistryDefinition } from '../../src/warehouse/registry-definition.ts'

const label = { en: 'x', ar: 'س' }

export const smallRegistry = (changes: Partial<RegistryDefinition> = {}): RegistryDefinition => ({
  id: 'test_registry',
  custodian: 'SSC',
  label,
  description: label,
  sourceName: 'TEST',
  origin: 'assumed',
  rowsPerPerson: 'many',
  key: ['item_no'],
  columns: [
    { name: 'item_no', type: 'text', label, required: true },
    { name: 'kind', type: 'category', codes: { a: label, b: label }, label, required: true },
    { name: 'amount', type: 'decimal', scale: 3, unit: 'JOD/month', label, min: 0 },
    { name: 'heads', type: 'integer', unit: 'heads', label, min: 0, max: 100 },
    { name: 'since', type: 'date', label },
    { name: 'active', type: 'boolean', label },
    { name: 'partner_ref', type: 'person', label },
  ],
  population: 'jordanians',
  absence: 'none',
  freshness: { maxAgeDays: 45, graceDays: 30 },
  generator: [],
  ...changes,
})
