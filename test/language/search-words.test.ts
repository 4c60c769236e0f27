/** Words as a search compares them: Arabic is the same however it is written. */
import fc from 'fast-check'
import t from 'tap'
import { searchWords } from '../../src/language/search-words.ts'

t.test('what writers take for one another is the same', async (t) => {
  for (const [a, b] of [
    ['الأُسْرة', 'اسره'],
    ['دخــل', 'دخل'],
    ['إعاقة', 'اعاقه'],
    ['آباء', 'ابا'],
    ['مسؤول', 'مسوول'],
    ['هيئة', 'هييه'],
    ['مستشفى', 'مستشفي'],
    ['والدخل', 'دخل'],
    ['للأسرة', 'اسره'],
    ['ٱلكهرباء', 'كهربا'],
    ['١٢ شهرًا', '12 شهرا'],
    ['۱۲', '12'],
    ['ﻻ', 'لا'],
    ['کتاب', 'كتاب'],
    ['wageMean12m', 'wage_mean12m'],
    ['Café-Income', 'cafe income'],
  ] as const)
    t.same(searchWords(a), searchWords(b), `${a} ${b}`)
  t.not(searchWords('دخل')[0], searchWords('دخان')[0])
  t.same(searchWords('الا'), ['الا'], 'an article needs a word behind it')
  t.same(searchWords(' \u200f،.-_ '), [])
})

const marks = fc.constantFrom('\u064b', '\u064e', '\u0650', '\u0651', '\u0652', '\u0670', '\u0640')
const letters = fc.constantFrom(...'ابتثجحخدذرزسشصضطظعغفقكلمنهوي')

t.test('marks and stretching anywhere change nothing, and none are left of any text', async () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(letters, fc.array(marks, { maxLength: 2 })), { minLength: 1, maxLength: 12 }), (written) => {
      const plain = written.map(([letter]) => letter).join('')
      const decorated = written.map(([letter, on]) => letter + on.join('')).join('')
      return JSON.stringify(searchWords(decorated)) === JSON.stringify(searchWords(plain))
    }),
  )
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) =>
      searchWords(text).every((word) => !/[\p{M}\p{Lu}\s\u0640]/u.test(word)),
    ),
  )
})
