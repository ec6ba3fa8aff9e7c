// What an installation brings along: the packages that one needs to run, and the bytes of their files.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Follows `dependencies` and the `optionalDependencies` that are there, from packages in one `node_modules`, as Node
 * resolves them.
 *
 * @param {string} modules the `node_modules`
 * @param {string} name the package that a user installs
 * @returns {{ bytes: number, packages: { name: string, version: string, bytes: number }[] }} the largest first
 */
export function installSize(modules, name) {
  const found = new Map()
  const first = findPackage(modules, name)
  if (first === undefined) throw new Error(`${name} is not installed in ${modules}`)
  const open = [first]
  for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
    const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
    const key = `${manifest.name}@${manifest.version}`
    if (found.has(key)) continue
    found.set(key, { name: manifest.name, version: manifest.version, bytes: bytesIn(directory) })
    for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const next = findPackage(join(directory, 'node_modules'), dependency) ?? findPackage(modules, dependency)
      if (next !== undefined) open.push(next)
      else if (manifest.optionalDependencies?.[dependency] === undefined) {
        throw new Error(`${key} needs ${dependency}, which is not installed`)
      }
    }
  }
  const packages = [...found.values()].sort((a, b) => b.bytes - a.bytes)
  return { bytes: packages.reduce((sum, each) => sum + each.bytes, 0), packages }
}

/** In a `node_modules`, or in one further up. */
function findPackage(modules, name) {
  for (let at = modules; ; ) {
    const directory = join(at, name)
    if (existsSync(join(directory, 'package.json'))) return directory
    const above = dirname(dirname(at))
    if (above === dirname(above)) return undefined
    at = join(above, 'node_modules')
  }
}

function bytesIn(directory) {
  let bytes = 0
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue
    const path = join(directory, entry.name)
    if (entry.isDirectory()) bytes += bytesIn(path)
    else if (entry.isFile()) bytes += statSync(path).size
  }
  return bytes
}
