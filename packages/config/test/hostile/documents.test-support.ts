/** A document that tries to cost more than its size. */
export interface HostileDocument {
  readonly name: string
  readonly path: string
  readonly text: string
}

type Make = (size: number) => string

const times = (piece: string, size: number): string => piece.repeat(Math.max(1, Math.floor(size / piece.length)))

function numbered(piece: (index: number) => string, size: number): string {
  const pieces: string[] = []
  let length = 0
  for (let index = 0; length < size; index++) {
    const next = piece(index)
    pieces.push(next)
    length += next.length
  }
  return pieces.join('')
}

const many = (piece: string, before = '', after = ''): Make => {
  return (size) => before + times(piece, size) + after
}

const each = (piece: (index: number) => string, before = '', after = ''): Make => {
  return (size) => before + numbered(piece, size) + after
}

const yaml: Readonly<Record<string, Make>> = {
  'flow lists in each other': many('['),
  'flow mappings in each other': many('{a: '),
  'block lists in each other': many('- '),
  'keys of keys': many('? '),
  'mappings in each other': (size) => numbered((depth) => `${' '.repeat(depth)}a:\n`, size),
  'a wide flow list': many('1,', 'a: [', ']'),
  'lists in a flow list': many('[1],', 'a: [', ']'),
  'mappings in a flow list': many('{a: 1},', 'a: [', ']'),
  'pairs in a flow list': many('b: 1, ', 'a: [', ']'),
  'a flow list that is not closed': many('"b", ', 'a: ['),
  'a flow list without commas': many('"b" ', 'a: [', ']'),
  'nothing but colons in a flow mapping': many('"b": ', 'a: {', '}'),
  'a wide mapping': each((index) => `k${index}: 1\n`),
  'a wide flow mapping': each((index) => `k${index}: 1, `, '{', '}'),
  'one key again and again': many('a: 1\n'),
  'a long key': many('k', '', ': 1'),
  'long names above many keys': (size) => `${times('k', size / 2)}:\n${times('  - 1\n', size / 2)}`,
  'a long plain text': many('x', 'a: '),
  'a text of escapes': many('\\n', 'a: "', '"'),
  'a text that is not closed': many('x\n ', 'a: "'),
  'a text of many lines': many('x\n  ', 'a: '),
  'a block text': many(' x\n', 'a: |\n'),
  'one list, many aliases': many('*a,', 'a: &a [1]\nb: [', ']'),
  'one scalar, many aliases': many('*a,', 'a: &a 1\nb: [', ']'),
  'many anchors, many aliases': (size) =>
    numbered((index) => `k${index}: &a${index} 1\n`, size / 2) +
    numbered((index) => `l${index}: *a${index}\n`, size / 2),
  'aliases of aliases of aliases': each(
    (index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}, *a${index}]\n`,
    'a0: &a0 [x, x, x]\n',
  ),
  'aliases nested by aliases': each((index) => `a${index + 1}: &a${index + 1} [*a${index}]\n`, 'a0: &a0 [x]\n'),
  'a chain of merges': each(
    (index) => `a${index + 1}: &a${index + 1} {<<: *a${index}, k${index}: 1}\n`,
    'a0: &a0 {k: 1}\n',
  ),
  'one wide mapping merged everywhere': (size) =>
    `a: &a {${numbered((index) => `k${index}: 1, `, size / 2)}}\n${numbered((index) => `b${index}: {<<: *a}\n`, size / 2)}`,
  'a long list of merges': many('*a,', 'a: &a {x: 1}\nb: {<<: [', ']}'),
  'a long text repeated': (size) => `a: &a ${times('x', size / 2)}\nb: [${times('*a,', size / 2)}]\n`,
  'unknown aliases': many('*a ', 'a: '),
  'anchors on nothing': many('&a '),
  'tags on nothing': many('!a '),
  directives: many('%a\n'),
  documents: many('---\n'),
  'ends of documents': many('a: 1\n...\n'),
  commas: many(',', '['),
  colons: many(':'),
  tabs: many('\tb: 1\n', 'a:\n'),
  'wrong indentation': many('  a: 1\n b: 1\n'),
  comments: many('# x\n', '', 'a: 1'),
  'comments in a flow list': many('1, # x\n', 'a: [\n', ']'),
  'blank lines': many('\n', 'a: 1'),
  'lines of spaces': many('   \n', 'a:\n', '  b: 1'),
  'a number of many digits': many('9', 'a: '),
  'a number of many zeros': many('0', 'a: ', '1'),
  'a hexadecimal number': many('f', 'a: 0x'),
  'an exponent': many('9', 'a: 1e'),
  'carriage returns': many('a\r\n'),
}

const toml: Readonly<Record<string, Make>> = {
  'a table name of many parts': many('a.', '[', 'a]'),
  'a key of many parts': many('a.', '', 'a = 1'),
  'quoted parts': many('"a".', '', 'b = 1'),
  'keys of ninety parts': each((index) => `${'a.'.repeat(90)}k${index} = 1\n`),
  'lists in each other': many('[', 'a = '),
  'tables in each other': many('{a = ', 'a = '),
  'a wide list': many('1,', 'a = [', ']'),
  'texts in a list': many('"#",', 'a = [', ']'),
  'lists in a list': many('[1],', 'a = [', ']'),
  'tables in a list': many('{a=1},', 'a = [', ']'),
  'a list of many lines': many('1, # c\n', 'a = [\n', ']'),
  'a list that is not closed': many('1,', 'a = ['),
  'a wide inline table': each((index) => `k${index} = 1, `, 'a = {', 'z = 1}'),
  'a table that is not closed': each((index) => `k${index} = 1, `, 'a = {'),
  'many keys': each((index) => `k${index} = 1\n`),
  'many tables': each((index) => `[k${index}]\n`),
  'one array of tables': many('[[a]]\n'),
  'arrays in an array of tables': many('[[a]]\n[[a.b]]\n[a.b.c]\n'),
  'a long name above many keys': (size) =>
    `[${times('k', size / 2)}]\n${numbered((index) => `a${index}=1\n`, size / 2)}`,
  'a long text': many('x', 'a = "', '"'),
  'a text that is not closed': many('x', 'a = "'),
  'a text of many lines': many('x\n', 'a = """', '"""'),
  'quotes in a text of many lines': many('"" ', 'a = """', '"""'),
  'lines that go on': many('\\\n ', 'a = """', '"""'),
  'a number of many digits': many('9', 'a = '),
  'a number with underscores': many('1_', 'a = ', '1'),
  'a hexadecimal number': many('f', 'a = 0x'),
  dates: many('2020-01-01,', 'a = [', ']'),
  comments: many('# x\n'),
  'equals signs': many('='),
  garbage: many('x'),
  spaces: many(' ', 'a = 1'),
}

const properties: Readonly<Record<string, Make>> = {
  'a key of many parts': many('a.', '', 'b=1'),
  'keys of ninety parts': each((index) => `${'a.'.repeat(90)}k${index}=1\n`),
  'ninety long parts': (size) => `${`${times('a', size / 90)}.`.repeat(90)}b=1`,
  'a long key': many('k', '', '=1'),
  'a long value': many('x', 'a='),
  backslashes: many('\\', 'a='),
  'lines that go on': many('\\\n'),
  escapes: many('\\u0041', 'a='),
  'broken escapes': many('\\u00', 'a='),
  'spaces in a key': many(' ', 'a', 'x'),
  'many keys': each((index) => `k${index}=1\n`),
  'items of a list': each((index) => `a[${index}]=1\n`),
  'one distant item of a list': () => 'a[2000000000]=1\n',
  'lists in each other': many('[0]', 'a', '=1'),
  comments: many('#\n'),
  'carriage returns': many('a\r'),
}

const json: Readonly<Record<string, Make>> = {
  'lists in each other': many('['),
  'objects in each other': many('{"a":'),
  'a wide list': many('1,', '{"a":[', '1]}'),
  'many names': each((index) => `"k${index}":1,`, '{', '"z":1}'),
  'a long name above many values': (size) => `{"${times('k', size / 2)}":[${times('1,', size / 2)}1],"waypost":1}`,
  'a long text': many('x', '{"a":"', '"}'),
  'a text of escapes': many('\\n', '{"a":"', '"}'),
  'a text that is not closed': many('x', '{"a":"'),
  'a number of many digits': many('9', '{"a":', '}'),
  'a number of many decimals': many('1', '{"a":0.', '}'),
  spaces: many(' '),
  garbage: many('x', '{"a":'),
}

/** What placeholders and directives make of a document; written in YAML. */
const meaning: Readonly<Record<string, Make>> = {
  'texts that double': each((index) => `k${index + 1}: \${k${index}}\${k${index}}\n`, 'k0: xxxxxxxx\n'),
  'lists that double': each((index) => `k${index + 1}: [\${k${index}}, \${k${index}}]\n`, 'k0: [x]\n'),
  'a long text in many': (size) =>
    `a: ${times('x', size / 2)}\n${numbered((index) => `b${index}: "-\${a}"\n`, size / 2)}`,
  'a long text many times': (size) => `a: ${times('x', size / 2)}\nb: [${times('"${a}",', size / 2)}]\n`,
  'a wide mapping many times': (size) =>
    `a: {${numbered((index) => `k${index}: 1, `, size / 2)}}\nb: [${times('"${a}",', size / 2)}]\n`,
  'a long name above many placeholders': (size) =>
    `v: 1\n? ${times('k', size / 2)}\n: [${times('"${v}",', size / 2)}]\n`,
  'a chain of keys': each((index) => `k${index}: \${k${index + 1}}\n`),
  'a circle of keys': (size) => `${numbered((index) => `k${index}: \${k${index + 1}}\n`, size)}last: \${k0}\n`,
  'many placeholders in a text': many('${a}', 'a: 1\nb: "', '"'),
  'placeholders that are not closed': many('${', 'a: "', '"'),
  'defaults in defaults': many('${x:', 'a: "', '"'),
  'imports of nothing': many('a?,', 'waypost: {import: [', ']}'),
  'many imports': each((index) => `  - d${index}?\n`, 'waypost:\n  import:\n'),
  'imports that are no paths': many('"//",', 'waypost: {import: [', ']}'),
  'directives that are none': each((index) => `  k${index}: 1\n`, 'waypost:\n'),
}

const formats = [
  { extension: 'yaml', makes: yaml },
  { extension: 'toml', makes: toml },
  { extension: 'properties', makes: properties },
  { extension: 'json', makes: json },
  { extension: 'yaml', makes: meaning },
]

/** Every kind that is known, each as large as asked for. */
export function* hostileDocuments(size: number): Generator<HostileDocument> {
  for (const { extension, makes } of formats) {
    for (const [name, make] of Object.entries(makes)) {
      yield {
        name: `${extension}: ${name}`,
        path: `app/application.${extension}`,
        text: make(size).slice(0, 1_048_576),
      }
    }
  }
}

const pieces: Readonly<Record<string, readonly string[]>> = {
  yaml: [
    'a',
    ': ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '<<: ',
    '"',
    "'",
    '\n',
    '\n  ',
    '\n    ',
    '#',
    '|\n',
    '>',
    '!',
    '%',
    '---\n',
    '9',
    '0x',
    '\t',
    '\uFEFF',
    '${a}',
    '\\',
  ],
  toml: [
    'a',
    '.',
    ' = ',
    '[',
    ']',
    '[[',
    ']]',
    '{',
    '}',
    ',',
    '"',
    "'",
    '"""',
    "'''",
    '\n',
    '#',
    '9',
    '_',
    '0x',
    'e',
    '-',
    ':',
    '\\',
    '1979-05-27',
  ],
  properties: ['a', '.', '=', ':', ' ', '\\', '\\u0041', '\n', '\r', '#', '!', '[', ']', '[0]', '9', '${a}'],
  json: [
    '{',
    '}',
    '[',
    ']',
    '"',
    'a',
    ':',
    ',',
    '9',
    'e',
    '-',
    '.',
    'true',
    'null',
    '\\',
    '\n',
    ' ',
    '"a":',
    '[1],',
    '{"a":1},',
  ],
}

/** A document of random pieces, each repeated a random number of times. `random` returns numbers from 0 to below 1. */
export function randomDocument(size: number, random: () => number): HostileDocument {
  const extensions = Object.keys(pieces)
  const extension = extensions[Math.floor(random() * extensions.length)] ?? 'yaml'
  const words = pieces[extension] ?? []
  let text = ''
  while (text.length < size) {
    const phrase = Array.from(
      { length: 1 + Math.floor(random() * 5) },
      () => words[Math.floor(random() * words.length)],
    )
    const longest = random() < 0.3 ? size : 20
    text += phrase.join('').repeat(1 + Math.floor(random() * longest))
    if (text.length > size) text = text.slice(0, size)
  }
  return { name: `${extension}: ${JSON.stringify(text.slice(0, 60))}`, path: `app/application.${extension}`, text }
}
