import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** What the damage is taken from, and what damaged files are exchanged for. */
export interface DamageSources {
  /** Another directory, of another store. */
  readonly foreign: string
  /** The same store some time ago. */
  readonly earlier: string
}

type Damage = (directory: string, random: () => number, sources: DamageSources) => string

const kinds: readonly Damage[] = [
  flipBits,
  flipBits,
  flipBits,
  (directory, random) => {
    const path = fileOf(directory, random)
    const { length } = readFileSync(path)
    truncateSync(path, Math.floor(random() * length))
    return `cut off: ${relative(directory, path)}`
  },
  (directory, random) => {
    const path = fileOf(directory, random)
    rmSync(path)
    return `removed: ${relative(directory, path)}`
  },
  (directory, random) => {
    const path = fileOf(directory, random)
    const bytes = readFileSync(path)
    const start = random() < 0.3 ? 0 : usedPart(bytes, random)
    const length = random() < 0.3 ? bytes.length : 2 ** Math.floor(3 + random() * 12)
    writeFileSync(path, bytes.fill(0, start, Math.min(bytes.length, start + length)))
    return `zeroed from ${start}, ${length} bytes: ${relative(directory, path)}`
  },
  (directory, random) => {
    const files = filesOf(directory)
    const first = pick(files, random)
    const second = pick(files, random)
    renameSync(first, `${first}.moving`)
    if (existsSync(second)) renameSync(second, first)
    renameSync(`${first}.moving`, second)
    return `swapped: ${relative(directory, first)} and ${relative(directory, second)}`
  },
  (directory, random) => {
    const path = fileOf(directory, random)
    const bytes = readFileSync(path)
    const start = usedPart(bytes, random)
    const end = Math.min(bytes.length, start + 2 ** Math.floor(2 + random() * 11))
    for (let at = start; at < end; at++) bytes[at] = Math.floor(random() * 256)
    writeFileSync(path, bytes)
    return `overwritten from ${start} to ${end}: ${relative(directory, path)}`
  },
  (directory, random) => {
    const path = fileOf(directory, random)
    const bytes = readFileSync(path)
    const page = 4096
    const from = Math.floor(usedPart(bytes, random) / page) * page
    const to = Math.floor(usedPart(bytes, random) / page) * page
    bytes.copy(bytes, to, from, from + page)
    writeFileSync(path, bytes)
    return `page ${from} copied over ${to}: ${relative(directory, path)}`
  },
  (directory, random, { foreign }) => replaced(directory, random, foreign, 'foreign'),
  (directory, random, { earlier }) => replaced(directory, random, earlier, 'earlier'),
  (directory, random) => {
    const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    const names = folders.map(({ name }) => name).filter(() => random() < 0.6)
    for (const name of names) rmSync(join(directory, name), { recursive: true })
    return `removed: ${names.join(' and ') || 'nothing'}`
  },
  (directory, random) => {
    const segments = filesOf(directory).filter((path) => path.endsWith('.log'))
    const newest = segments.slice(-1 - Math.floor(random() * segments.length))
    for (const path of newest) rmSync(path)
    return `removed the newest ${newest.length} segments`
  },
]

/** Damages a directory in one way or another; says how. */
export function damage(directory: string, random: () => number, sources: DamageSources): string {
  return pick(kinds, random)(directory, random, sources)
}

function flipBits(directory: string, random: () => number): string {
  const path = fileOf(directory, random)
  const bytes = readFileSync(path)
  const flipped: number[] = []
  for (let count = random() < 0.7 ? 1 : 3; count > 0 && bytes.length > 0; count--) {
    const at = usedPart(bytes, random)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    flipped.push(at)
  }
  writeFileSync(path, bytes)
  return `flipped at ${flipped.join(', ')}: ${relative(directory, path)}`
}

function replaced(directory: string, random: () => number, source: string, what: string): string {
  const names = ['FORMAT', 'OWNER', 'log', 'tree', join('tree', 'data.mdb'), join('log', 'MANIFEST'), 'HEAD']
  names.push(...filesOf(source).map((path) => relative(source, path)))
  const name = pick(
    names.filter((each) => existsSync(join(source, each)) && existsSync(join(directory, each))),
    random,
  )
  rmSync(join(directory, name), { recursive: true, force: true })
  cpSync(join(source, name), join(directory, name), { recursive: true })
  return `${what}: ${name}`
}

/** A place in the part of a file that is not all zeros at its end. */
function usedPart(bytes: Buffer, random: () => number): number {
  let end = bytes.length
  while (end > 1 && bytes[end - 1] === 0) end -= 1
  return Math.floor(random() * end)
}

/** Mostly one of those that hold data. */
function fileOf(directory: string, random: () => number): string {
  const files = filesOf(directory)
  const data = files.filter((path) => /data\.mdb$|\.log$/.test(path))
  return pick(random() < 0.8 ? data : files, random)
}

function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function pick<T>(from: readonly T[], random: () => number): T {
  const picked = from[Math.floor(random() * from.length)]
  if (picked === undefined) throw new Error('There is nothing to pick from.')
  return picked
}
