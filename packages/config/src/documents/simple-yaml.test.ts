import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSimpleYaml } from './simple-yaml.ts'
import { parseWholeYaml } from './yaml-document.ts'

const keys = [
  'a',
  'db.host',
  'x_1',
  'true',
  'null',
  '__proto__',
  'a b',
  '"q"',
  '1',
  '<<',
  '-k',
  'toString',
  'a/b',
  'é',
  '',
]
const values = [
  ...[
    '',
    'text',
    'two words',
    '"quoted # text"',
    "'it''s'",
    "'single'",
    '"a\\n"',
    '"open',
    "'",
    '""',
    '"a" b',
    '"a" # c',
  ],
  ...['1', '-1', '0', '-0', '007', '+1', '1.5', '-0.0', '1.', '.5', '1e3', '0x1f', '0o17', '.inf', '-.inf', '.nan'],
  ...['9007199254740993', '123456789012345678', '0.1234567890123456789', '10.0.0.1', '2024-01-01', '5s', '1_000', '--'],
  ...[
    'true',
    'True',
    'tRUE',
    'no',
    'null',
    '~',
    '~a',
    'Null',
    '# comment',
    'a # comment',
    'a#b',
    'a: b',
    'a:',
    'a:b',
    ':',
  ],
  ...[
    '[1, 2]',
    '[a, b c,d]',
    '[1, -2.5, x/y, ~]',
    '[a,]',
    '[ ]',
    '[ 1 ]',
    '[a - b, -]',
    '[-, a]',
    '[]',
    '{}',
    '&anchor x',
    '*alias',
    '!!str 1',
    '| ',
    '>',
    '- a',
    '-',
    '-a',
    '?',
    '? a',
    '%x',
    '@x',
    '`x',
  ],
  ...[
    '${db.host:none}',
    '$${x}',
    '{cipher}abc',
    'ünï 😀',
    'http://a/b?c=d#e',
    'a  ',
    '\ttab',
    'a\tb',
    'b\r',
    '(x)',
    '=',
    ',',
    '…',
  ],
]
const indent = fc.constantFrom('', '', '', '  ', '  ', '    ', ' ', '   ')
const value = fc.constantFrom(...values)
const gap = fc.constantFrom(' ', ' ', ' ', '  ', '')
const pair = fc.tuple(fc.constantFrom(...keys), gap, value).map(([key, space, text]) => `${key}:${space}${text}`)
const item = fc.tuple(gap, fc.oneof(value, pair)).map(([space, text]) => `-${space}${text}`)
const line = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(indent, pair).map((parts) => parts.join('')) },
  { weight: 6, arbitrary: fc.tuple(indent, item).map((parts) => parts.join('')) },
  {
    weight: 3,
    arbitrary: fc.tuple(indent, fc.constantFrom('', '# note', '---', '...', 'text', '-', ' ')).map((p) => p.join('')),
  },
)
/** Lines that are simple each, so that many of the documents are. */
const easyValue = fc.constantFrom('', '', 'x', '"y"', '3', 'true', '# c', '1.5', "'z' # c")
const easyKey = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const easyPair = fc.tuple(easyKey, easyValue).map(([key, text]) => `${key}: ${text}`)
const easyLine = fc
  .tuple(
    fc.constantFrom('', '', '  ', '  ', '    '),
    fc.oneof(
      easyPair,
      easyPair,
      easyPair.map((p) => `- ${p}`),
      easyValue.map((v) => `- ${v}`),
    ),
  )
  .map((parts) => parts.join(''))

function document(lines: fc.Arbitrary<string>) {
  return fc.array(lines, { minLength: 1, maxLength: 8 }).map((all) => all.join('\n'))
}

describe('the reader of simple YAML', () => {
  it.each([
    ['a: 1\nb: text # why\n', { a: 1, b: 'text' }],
    ['db:\n  host: 10.0.0.1\n\n  # pool\n  pool: {}\n', { db: { host: '10.0.0.1', pool: {} } }],
    [
      'db:\n  host: "10.0.0.1"\n  on: true\nempty:\nlast: null',
      { db: { host: '10.0.0.1', on: true }, empty: null, last: null },
    ],
    ['list:\n- a\n- b: 1\n  c: 2\n-\n  d: 3\n-\n', { list: ['a', { b: 1, c: 2 }, { d: 3 }, null] }],
    ['url: http://user:${password}@host/#top', { url: 'http://user:${password}@host/#top' }],
    ['ports: [80, 443] # both\nnone: []', { ports: [80, 443], none: [] }],
    ['a: 1\na: 2', undefined],
    ['a: one\n  more', undefined],
    ['a:\n    b: 1\n  c: 2', undefined],
  ])('reads %j', (text, expected) => {
    expect(parseSimpleYaml(text)).toEqual(expected)
  })

  it.each([
    ['of all kinds', document(line), 0],
    ['that are mostly simple', document(easyLine), 100],
  ])('gives what the whole parser gives, on documents %s', (_, documents, atLeast) => {
    let simple = 0
    fc.assert(
      fc.property(documents, (text) => {
        const value = parseSimpleYaml(text)
        if (value === undefined) return
        simple += 1
        expect({ value }).toStrictEqual(parseWholeYaml(text))
        expect(JSON.stringify(value)).toBe(JSON.stringify(parseWholeYaml(text).value))
      }),
      { numRuns: Number(process.env.WAYPOST_LONG ? 100_000 : 3_000) },
    )
    expect(simple).toBeGreaterThan(atLeast)
  })
})
