// npm run bench [-- server|client …] [--json] [--rounds N] [--only <substring of a row>] [--large]
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setup } from './setup.js'

const directory = fileURLToPath(new URL('../bench/', import.meta.url))
const known = readdirSync(directory)
  .filter((name) => name.endsWith('.js'))
  .map((name) => name.slice(0, -3))
const { names, json, rounds, only, large } = readArguments()

setup()

const wanted = (what) => what.toLowerCase().includes(only.toLowerCase())
const log = (line) => process.stderr.write(`${line}\n`)
let measured = 0
for (const name of names.length > 0 ? names : known) {
  const { run } = await import(new URL(`../bench/${name}.js`, import.meta.url).href)
  const rows = await run({ rounds, log: (line) => log(`${name}: ${line}`), wanted, includeLarge: large })
  measured += rows.length
  if (json) console.log(JSON.stringify({ bench: name, rows }))
  else if (rows.length > 0) print(name, rows)
}
if (measured === 0) fail(`No row has “${only}” in its name.`)

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '5' },
        only: { type: 'string', default: '' },
        large: { type: 'boolean', default: false },
      },
    })
    const unknown = positionals.find((name) => !existsSync(`${directory}${name}.js`))
    if (unknown) fail(`There is no benchmark “${unknown}”: choose from ${known.join(', ')}.`)
    const count = Number(values.rounds)
    if (!Number.isInteger(count) || count < 1) fail('--rounds takes a whole number from 1.')
    return { ...values, rounds: count, names: positionals }
  } catch (error) {
    return fail(error.message)
  }
}

function fail(message) {
  console.error(message)
  process.exit(2)
}

function print(name, rows) {
  console.log(`\n${name}, median of ${rounds} interleaved rounds`)
  console.table(
    Object.fromEntries(
      rows.map(({ what, ours, peer, peerName, unit, better, ratio }) => [
        what,
        {
          ours: format(ours),
          ...(peerName && { [peerName]: format(peer) }),
          unit,
          better,
          ratio: ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
        },
      ]),
    ),
  )
}

function format(value) {
  if (value === undefined) return ''
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2)
}
