// Checks every import between source files: the layers of scripts/layers.js, leaf files instead of the index inside a
// package, no test code in published code, and no cycles, types included.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { layers } from './layers.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * Everything that is wrong with the imports of the packages below `directory`, one message each.
 *
 * @param {string} directory
 * @param {Record<string, import('./layers.d.ts').Layer>} table
 * @returns {string[]}
 */
export function importProblems(directory, table) {
  const problems = []
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const packageDirectory = join(directory, entry.name)
    const manifest = join(packageDirectory, 'package.json')
    if (!entry.isDirectory() || !existsSync(manifest)) continue
    const { name } = JSON.parse(readFileSync(manifest, 'utf8'))
    const layer = table[name]
    if (layer === undefined) problems.push(`${name} has no line in scripts/layers.js.`)
    else problems.push(...packageProblems(directory, packageDirectory, name, layer, table))
  }
  return problems
}

function packageProblems(directory, packageDirectory, name, layer, table) {
  const source = join(packageDirectory, 'src')
  const files = sourceFiles(source)
  const graph = new Map()
  const problems = []
  for (const file of files) {
    const shown = relative(join(directory, '..'), file)
    const folder = relative(source, file).split('/')[0]
    const rule = layer.folders?.[folder] ?? layer.folders?.['*']
    const inside = []
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) {
        const target = join(dirname(file), specifier)
        inside.push(target)
        const targetFolder = relative(source, target).split('/')[0]
        if (rule?.not.includes(targetFolder)) problems.push(`${shown} imports ${targetFolder}/: ${rule.because}`)
        if (target.endsWith('/index.ts') && !file.endsWith('/index.ts')) {
          problems.push(`${shown} imports ${specifier}: inside a package import the file that defines the name.`)
        }
        if (/\.(test|test-support)\.ts$/.test(target)) problems.push(`${shown} imports the test code ${specifier}.`)
        continue
      }
      if (layer.anywhere && specifier.startsWith('node:')) {
        problems.push(`${shown} imports ${specifier}: ${name} runs outside Node too.`)
      }
      const imported = packageOf(specifier)
      if (imported in table && imported !== name && !layer.imports.includes(imported)) {
        problems.push(`${shown} imports ${imported}: ${layer.because}`)
      }
    }
    graph.set(file, inside)
  }
  for (const cycle of cyclesOf(graph)) {
    const names = cycle.map((file) => relative(source, file)).sort()
    problems.push(
      `${name}: ${names.length} files import each other (${names.join(', ')}). Declare the interface that is needed on the lower side.`,
    )
  }
  return problems
}

function sourceFiles(directory) {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .filter((entry) => !/\.(test|test-support)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** The specifiers of every import and re-export, `import()` of types and values included. */
function importsOf(text) {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
  const statements = /^\s*(?:import|export)\b(?:[^'"`;=()]*?\bfrom)?\s*'([^']+)'/gm
  const calls = /\bimport\(\s*'([^']+)'/g
  return [...code.matchAll(statements), ...code.matchAll(calls)].map(([, specifier]) => specifier)
}

function packageOf(specifier) {
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]
}

/** The strongly connected components of more than one file. Source: Tarjan, SIAM Journal on Computing 1 (2), 1972. */
function cyclesOf(graph) {
  const index = new Map()
  const low = new Map()
  const stack = []
  const onStack = new Set()
  const cycles = []
  const visit = (file) => {
    index.set(file, index.size)
    low.set(file, index.get(file))
    stack.push(file)
    onStack.add(file)
    for (const target of graph.get(file) ?? []) {
      if (!graph.has(target)) continue
      if (!index.has(target)) {
        visit(target)
        low.set(file, Math.min(low.get(file), low.get(target)))
      } else if (onStack.has(target)) {
        low.set(file, Math.min(low.get(file), index.get(target)))
      }
    }
    if (low.get(file) !== index.get(file)) return
    const component = stack.splice(stack.indexOf(file))
    for (const member of component) onStack.delete(member)
    if (component.length > 1) cycles.push(component)
  }
  for (const file of graph.keys()) if (!index.has(file)) visit(file)
  return cycles
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = importProblems(join(root, 'packages'), layers)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length === 0 ? 0 : 1
}
