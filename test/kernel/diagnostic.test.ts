/** JSON Pointers as RFC 6901 writes them. */
import t from 'tap'
import { at } from '../../src/kernel/diagnostic.ts'

t.equal(at('', 'conditions'), '/conditions')
t.equal(at(at('/conditions', 'all'), 3), '/conditions/all/3')
t.equal(at('', 'a/b'), '/a~1b')
t.equal(at('', 'm~n'), '/m~0n')
t.equal(at('', '~1'), '/~01', 'the tilde first')
t.equal(at('', ''), '/')
