// Format, lint (layering included), types, generated code, dead exports and unused dependencies: no warnings.
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { captured } from './captured.js'
import { setup } from './setup.js'

setup()

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const bin = (...path) => join(root, 'node_modules', ...path)
const checks = [
  ['format and lint', bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--error-on-warnings', '.'],
  ['types of the tests', bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.test.json'],
  ['types of the console', bin('typescript', 'bin', 'tsc'), '-p', 'apps/console'],
  ['types of the tests of the console', bin('typescript', 'bin', 'tsc'), '-p', 'apps/console/test'],
  ['layers and import cycles', join(root, 'scripts', 'check-imports.js')],
  ['generated code', join(root, 'packages', 'protocol', 'generator', 'generate.js'), '--check'],
  ["the console's client", join(root, 'apps', 'console', 'generator', 'generate.js'), '--check'],
  ['dead exports and unused dependencies', bin('knip', 'bin', 'knip.js')],
]

let failures = 0
const waiting = [...checks]
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, runChecks))
process.exitCode = failures === 0 ? 0 : 1

async function runChecks() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [title, script, ...args] = next
    const { status, output } = await captured(process.execPath, [script, ...args], { cwd: root })
    process.stdout.write(`${output}${status === 0 ? '✓' : '✗'} ${title}\n`)
    if (status !== 0) failures += 1
  }
}
