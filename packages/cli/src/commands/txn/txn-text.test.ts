import { expect, test } from 'vitest'
import { unquoteGo } from './go-quoted.ts'
import { parseCondition } from './parse-condition.ts'
import { parseStep } from './parse-step.ts'
import { wordsOf } from './words.ts'

test.each([
  ['"plain"', 'plain'],
  ['"tab\\tquote\\"slash\\\\"', 'tab\tquote"slash\\'],
  ['"\\x41\\102\\u0043\\U00000044"', 'ABCD'],
  ['"配置"', '配置'],
  ['`as\\tis`', 'as\\tis'],
])('the literal %s stands for %j', (literal, text) => {
  expect(unquoteGo(literal)?.toString()).toBe(text)
})

test('a literal may hold bytes that are no text', () => {
  expect(unquoteGo('"\\xff\\000"')).toEqual(Buffer.from([0xff, 0]))
  expect(wordsOf('put "\\xff" x')).toEqual(['put', '\u00ff', 'x'])
})

test.each(['"\\q"', '"\\x4"', '"\\777"', '"\\ud800"', '"\\U00110000"'])('the literal %s is refused', (literal) => {
  expect(unquoteGo(literal)).toBeUndefined()
})

test('words are split at spaces, and not within quotes', () => {
  expect(wordsOf(`put  'a b' "c \\" d" e --prev-kv`)).toEqual(['put', 'a b', 'c " d', 'e', '--prev-kv'])
  expect(() => wordsOf('put "\\q" x')).toThrow(/invalid escape/)
})

test('a comparison may hold quotes and whatever else is escaped', () => {
  expect(() => parseCondition('value("a\\"b)") = "\\\\"')).not.toThrow()
})

test.each([
  ['ver("a")="0"', /written like/],
  ['ver(a) = "0"', /written like/],
  ['a = "0"', /written like/],
  ['colour("a") = "0"', /`colour` cannot be compared/],
  ['ver("a") == "0"', /operator is =, !=, > or </],
  ['ver("a") = "x"', /not a number/],
  ['mod("a") > "99999999999999999999"', /not a number/],
  ['ver("\\q") = "0"', /written like/],
])('the comparison %s is refused', (line, message) => {
  expect(() => parseCondition(line)).toThrow(message)
})

test.each([
  ['put', /missing required argument/],
  ['put a', /a key and a value/],
  ['put a b --ignore-value', /a key and a value/],
  ['watch a b', /not a get, put or del/],
  ['get a --colour', /unknown option/],
  ['get a --count-only', /--count-only/],
  ['get --prefix --from-key a', /not both/],
  ['get --help', /./],
])('the step `%s` is refused', (line, message) => {
  expect(() => parseStep(line)).toThrow(message)
})
