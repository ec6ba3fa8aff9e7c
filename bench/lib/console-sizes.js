import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { row } from './measure.js'

const built = fileURLToPath(new URL('../../packages/hub/console/', import.meta.url))
const sizeOf = (name) => readFileSync(`${built}assets/${name}.br`).length / 1_000

/** What is built, in compressed bytes. */
export function sizeRows(wanted) {
  const scripts = readdirSync(`${built}assets`).filter((name) => name.endsWith('.js'))
  const first = /src="\/assets\/([^"]+\.js)"/.exec(readFileSync(`${built}index.html`, 'utf8'))?.[1]
  const overview = scripts.filter((name) => name.startsWith('overview-page'))
  const others = scripts.filter((name) => name !== first && !overview.includes(name)).map(sizeOf)
  const sum = (names) => names.map(sizeOf).reduce((total, each) => total + each, 0)
  return [
    ['first page, JavaScript over the wire', sum([first, ...overview])],
    ['largest part that is loaded later', Math.max(0, ...others)],
    ['everything, JavaScript over the wire', sum(scripts)],
  ]
    .filter(([what]) => wanted(what))
    .map(([what, value]) => row(what, 'kB', 'lower', undefined, [value], []))
}
