// npm run bench [-- server|client …] [--json] [--rounds N] [--only <substring of a row>] [--large] [--short]
//   [--peer <path of an etcd> …]
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setup } from './setup.js'

const directory = fileURLToPath(new URL('../bench/', import.meta.url))
const known = readdirSync(directory)
  .filter((name) => name.endsWith('.js'))
  .map((name) => name.slice(0, -3))
const { names, json, rounds, only, large, short, peer: peers } = readArguments()

// The tests, which run it, have set up already.
if (short) process.env.WAYPOST_BENCH = 'short'
else setup()

const wanted = (what) => what.toLowerCase().includes(only.toLowerCase())
const log = (line) => process.stderr.write(`${line}\n`)
let measured = 0
for (const name of names.length > 0 ? names : known) {
  const { run } = await import(new URL(`../bench/${name}.js`, import.meta.url).href)
  const rows = await run({ rounds, log: (line) => log(`${name}: ${line}`), wanted, includeLarge: large, peers })
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
        short: { type: 'boolean', default: false },
        peer: { type: 'string', multiple: true, default: [] },
      },
    })
    const unknown = positionals.find((name) => !existsSync(`${directory}${name}.js`))
    if (unknown) fail(`There is no benchmark “${unknown}”: choose from ${known.join(', ')}.`)
    const count = values.short ? 1 : Number(values.rounds)
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
        peerName === undefined ? what : `${what} | ${peerName}`,
        {
          ours: format(ours),
          peer: format(peer),
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
