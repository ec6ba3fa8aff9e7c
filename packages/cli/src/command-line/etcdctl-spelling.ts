const booleans = [
  'auto-compact',
  'auto-defrag',
  'cluster',
  'count-only',
  'detail',
  'from-key',
  'hex',
  'ignore-lease',
  'ignore-value',
  'insecure-skip-tls-verify',
  'keys',
  'keys-only',
  'learner',
  'listen',
  'no-password',
  'once',
  'physical',
  'prefix',
  'prev-kv',
  'print-value-only',
]
const booleanWithValue = new RegExp(`^--(${booleans.join('|')})=(true|false)$`)

/** Turns spellings that etcdctl takes as well, `-w=json` and `--prefix=true`, into the usual ones. */
export function withUsualSpelling(argv: readonly string[]): string[] {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const options = argv.slice(0, end).flatMap((argument) => {
    if (/^-[wo]=/.test(argument)) return [argument.slice(0, 2), argument.slice(3)]
    const [, name, value] = booleanWithValue.exec(argument) ?? []
    if (name === undefined) return [argument]
    return value === 'true' ? [`--${name}`] : []
  })
  return [...options, ...argv.slice(end)]
}
