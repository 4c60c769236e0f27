/** Values of an empty set as SQL literals, by the fact's type. */
import t from 'tap'
import type { CatalogueFact } from '../../../src/language/catalogue/catalogue.ts'
import { emptyLiteral } from '../../../src/language/catalogue/sql/fact-columns-sql.ts'
import { smallCatalogue } from '../../support/small-catalogue.ts'

const { facts } = smallCatalogue()
const of = (id: string, empty: number | string): string => emptyLiteral(facts.get(id) as CatalogueFact, empty)

t.equal(of('payCount', 0), '0')
t.equal(of('payMin', -1500), '-1500', 'money in fils')
t.equal(of('hasB', 0), 'FALSE')
t.equal(of('hasB', 1), 'TRUE')
t.equal(of('birthDate', 365), "(DATE '1970-01-01' + 365)")
t.equal(of('sex', 'F'), "'F'")
t.equal(of('sex', "o'clock"), "'o''clock'", 'quotes are doubled')
