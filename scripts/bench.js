// npm run bench [-- server|client …] [--json] [--rounds N]
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setup } from './setup.js'

setup()

const directory = fileURLToPath(new URL('../bench/', import.meta.url))
const known = readdirSync(directory)
  .filter((name) => name.endsWith('.js'))
  .map((name) => name.slice(0, -3))
const args = process.argv.slice(2)
const json = args.includes('--json')
const roundsAt = args.indexOf('--rounds')
const rounds = roundsAt >= 0 ? Number(args[roundsAt + 1]) : 5
const names = args.filter((arg, index) => !arg.startsWith('--') && (roundsAt < 0 || index !== roundsAt + 1))
const unknown = names.find((name) => !existsSync(`${directory}${name}.js`))
if (unknown || !Number.isInteger(rounds) || rounds < 1) {
  console.error(
    unknown
      ? `There is no benchmark “${unknown}”: choose from ${known.join(', ')}.`
      : '--rounds takes a whole number from 1.',
  )
  process.exit(2)
}

for (const name of names.length > 0 ? names : known) {
  const { run } = await import(new URL(`../bench/${name}.js`, import.meta.url).href)
  const rows = await run({ rounds, log: json ? () => {} : (line) => process.stderr.write(`${line}\n`) })
  if (json) console.log(JSON.stringify({ bench: name, rows }))
  else print(name, rows)
}

function print(name, rows) {
  console.log(`\n${name}, median of ${rounds} interleaved rounds`)
  console.table(
    Object.fromEntries(
      rows.map(({ what, ours, peer, peerName, unit, better, ratio }) => [
        what,
        {
          ours: format(ours),
          [peerName]: format(peer),
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
