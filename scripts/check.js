// Format, lint (layering included), types, generated code, dead exports and unused dependencies: no warnings.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
for (const [title, script, ...args] of checks) {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  console.log(`${status === 0 ? '✓' : '✗'} ${title}`)
  if (status !== 0) failures += 1
}
process.exitCode = failures === 0 ? 0 : 1
