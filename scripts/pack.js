// npm run pack [-- <directory>] [--no-setup]: makes the tarballs that are published, in ./tarballs unless told otherwise.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setup } from './setup.js'

const root = fileURLToPath(new URL('../', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-setup': { type: 'boolean', default: false } },
})
if (!values['no-setup']) setup()
// Not before: a fresh clone has no esbuild yet.
const { bundlePackage } = await import('./pack/bundle-package.js')

const destination = resolve(positionals[0] ?? join(root, 'tarballs'))
const staging = mkdtempSync(join(tmpdir(), 'waypost-pack-'))
try {
  mkdirSync(destination, { recursive: true })
  const directories = stage()
  for (const directory of directories) await bundlePackage(directory)
  for (const { filename } of npmPack(['--pack-destination', destination, ...directories], staging))
    console.log(join(destination, filename))
} finally {
  rmSync(staging, { recursive: true, force: true })
}

/** Copies what npm would publish of every public package to a directory of its own; returns the directories. */
function stage() {
  return npmPack(['--dry-run', '--workspaces'], root)
    .map(({ name, files }) => ({ home: join(root, 'packages', name.replace('@waypost/', '')), name, files }))
    .filter(({ home }) => !readManifest(home).private)
    .map(({ home, name, files }) => {
      const directory = join(staging, name)
      for (const { path } of files) cpSync(join(home, path), join(directory, path))
      writeFileSync(join(directory, 'package.json'), `${JSON.stringify(published(readManifest(home)), null, 2)}\n`)
      return directory
    })
}

function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

/** Without the condition by which this repository's tests run on the sources. */
function published(manifest) {
  const entries = Object.entries(manifest.exports).map(([path, { '@waypost/source': _, ...rest }]) => [path, rest])
  return { ...manifest, exports: Object.fromEntries(entries) }
}

/** Runs `npm pack` and returns what it says of each package. */
function npmPack(args, cwd) {
  // Inside `npm run` this is npm's own script; otherwise npm comes from PATH, where Windows needs a shell to find it.
  const script = process.env.npm_execpath
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  const { status, stdout, error } = spawnSync(
    command,
    [...first, 'pack', '--json', '--silent', '--ignore-scripts', '--offline', ...args],
    { cwd, encoding: 'utf8', shell: command === 'npm' && process.platform === 'win32', stdio: ['ignore', 'pipe', 2] },
  )
  if (status !== 0) throw new Error(`\`npm pack\` failed: ${error?.message ?? `exit code ${status}`}`)
  return JSON.parse(stdout)
}
