// Installs and builds, the console too, each only when something it depends on changed; with `docs`, installs what the
// docs site needs.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { requireNode } from './node-version.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const consoleHome = join(root, 'apps', 'console')
const stampDirectory = join(root, 'node_modules', '.waypost')

export function setup() {
  requireNode()
  step('install', 'Installing dependencies', installFingerprint, () =>
    runNpm(['ci', '--no-fund', '--no-audit', '--loglevel=error']),
  )
  step('build', 'Building', buildFingerprint, () =>
    run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b']),
  )
  step('console', 'Building the console', consoleFingerprint, () =>
    run(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn', consoleHome]),
  )
}

/** The docs site has dependencies and a lock file of its own, which only those need who build it. */
function installDocs() {
  const site = join(root, 'docs', 'site')
  const fingerprint = () =>
    createHash('sha256')
      .update(process.versions.modules)
      .update(readFileSync(join(site, 'package-lock.json')))
      .update(existsSync(join(site, 'node_modules')) ? 'installed' : 'absent')
      .digest('hex')
  step('docs', 'Installing what the docs site needs', fingerprint, () =>
    runNpm(['ci', '--no-fund', '--no-audit', '--ignore-scripts', '--prefix', 'docs/site']),
  )
}

function step(name, title, fingerprint, work) {
  const stamp = join(stampDirectory, name)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()) return
  const startedMs = Date.now()
  process.stderr.write(`${title} …\n`)
  work()
  mkdirSync(stampDirectory, { recursive: true })
  writeFileSync(stamp, fingerprint())
  process.stderr.write(`${title}: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`)
}

function installFingerprint() {
  const hash = createHash('sha256').update(process.versions.modules)
  hash.update(readFileSync(join(root, 'package-lock.json')))
  for (const file of packageFiles()) hash.update(readFileSync(file))
  return hash.digest('hex')
}

function packageFiles() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'package.json'))
  return [join(root, 'package.json'), join(consoleHome, 'package.json'), ...packages.filter((file) => existsSync(file))]
}

/** Names, sizes and times of every source: reading a thousand stats takes milliseconds, reading the files does not. */
function buildFingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'tsconfig.base.json')))
  for (const file of packageFiles()) {
    const directory = dirname(file)
    if ([root, consoleHome].includes(directory) || !existsSync(join(directory, 'tsconfig.json'))) continue
    hash.update(readFileSync(join(directory, 'tsconfig.json')))
    hash.update(existsSync(join(directory, 'dist')) ? 'built' : 'absent')
    addFiles(hash, join(directory, 'src'))
  }
  return hash.digest('hex')
}

function consoleFingerprint() {
  const hash = createHash('sha256')
  for (const file of ['package.json', 'index.html', 'vite.config.ts'])
    hash.update(readFileSync(join(consoleHome, file)))
  hash.update(existsSync(join(root, 'packages', 'hub', 'console', 'index.html')) ? 'built' : 'absent')
  for (const folder of ['src', 'public']) addFiles(hash, join(consoleHome, folder))
  return hash.digest('hex')
}

export function addFiles(hash, directory, counts = () => true) {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !counts(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    const { mtimeMs, size } = statSync(path)
    hash.update(`${path}:${mtimeMs}:${size}\n`)
  }
}

function runNpm(args) {
  // Inside `npm run` this is npm's own script; otherwise npm comes from PATH, where Windows needs a shell to find it.
  const script = process.env.npm_execpath
  if (script?.endsWith('.js')) run(process.execPath, [script, ...args])
  else run('npm', args, { shell: process.platform === 'win32' })
}

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  if (status === 0) return
  console.error(
    `\`${[command, ...args].join(' ')}\` failed${error ? `: ${error.message}` : ` with exit code ${status}`}.`,
  )
  process.exit(1)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] === 'docs') installDocs()
  else setup()
}
