// npm run pack [-- <directory>] [--no-setup]: makes the tarballs that are published, in ./tarballs unless told otherwise.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
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
  for (const { filename } of npmPack(directories)) console.log(join(destination, filename))
} finally {
  rmSync(staging, { recursive: true, force: true })
}

/** Copies every public package to a directory of its own, from which npm takes what it publishes. */
function stage() {
  return readdirSync(join(root, 'packages'))
    .map((folder) => ({ home: join(root, 'packages', folder), directory: join(staging, folder) }))
    .filter(({ home }) => existsSync(join(home, 'package.json')) && !readManifest(home).private)
    .map(({ home, directory }) => {
      const manifest = readManifest(home)
      for (const path of ['README.md', 'LICENSE', ...manifest.files.filter((pattern) => !pattern.startsWith('!'))])
        cpSync(join(home, path), join(directory, path), {
          recursive: true,
          filter: (file) => !isStale(home, slashed(relative(home, file))),
        })
      writeFileSync(join(directory, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`)
      return directory
    })
}

/** Whether it was built from a source that is no more: the compiler leaves such files behind. */
function isStale(home, path) {
  const [, module] = /^dist\/(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/.exec(path) ?? []
  return module !== undefined && !existsSync(join(home, 'src', `${module}.ts`))
}

function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'))
}

/** Without the condition by which this repository's tests run on the sources. */
function published(manifest) {
  const entries = Object.entries(manifest.exports).map(([path, { '@waypost/source': _, ...rest }]) => [path, rest])
  return { ...manifest, exports: Object.fromEntries(entries) }
}

/** Returns what npm says of each tarball. */
function npmPack(directories) {
  // Inside `npm run` this is npm's own script; otherwise npm comes from PATH, where Windows needs a shell to find it.
  const script = process.env.npm_execpath
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  const { status, stdout, error } = spawnSync(
    command,
    [...first, 'pack', '--json', '--silent', '--offline', '--pack-destination', destination, ...directories],
    {
      cwd: staging,
      encoding: 'utf8',
      shell: command === 'npm' && process.platform === 'win32',
      stdio: ['ignore', 'pipe', 2],
    },
  )
  if (status !== 0) throw new Error(`\`npm pack\` failed: ${error?.message ?? `exit code ${status}`}`)
  return JSON.parse(stdout)
}

function slashed(path) {
  return path.replaceAll(sep, '/')
}
