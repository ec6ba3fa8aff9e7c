// What a process pays before its first answer: the packages as they are published, beside the files that `tsc` built.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installSize } from '../scripts/install-size.js'
import { row } from './lib/measure.js'
import { runScript, startWaypost } from './lib/processes.js'
import { scaled } from './lib/scale.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const built = join(root, 'packages')

const rows = {
  import: 'import of @waypost/client: time in the process',
  wall: 'import of @waypost/client: a whole process',
  store: 'first store in memory of a process, its modules among it',
  version: 'waypost --version',
  get: 'waypost get',
  serve: 'waypost serve, a store without keys, to its first answer',
}

export async function run({ rounds, log, wanted }) {
  const whats = Object.entries(rows).filter(([, what]) => wanted(what))
  if (whats.length === 0) return []
  const figures = Object.fromEntries(whats.map(([name]) => [name, { packed: [], built: [] }]))
  // Packing takes longer than a short form may, and is tested for itself.
  const packed = scaled(installPacked, () => undefined)()
  const sizes = packed === undefined ? [] : sizeRows(packed)
  const forms = packed === undefined ? ['packed'] : ['packed', 'built']
  const store = await startWaypost(['--memory'])
  try {
    for (let round = 0; round < rounds; round++) {
      log(`round ${round + 1} of ${rounds}`)
      for (const form of round % 2 === 0 ? forms : forms.toReversed())
        for (const [name] of whats)
          figures[name][form].push(await measures[name](form === 'packed' ? (packed ?? built) : built, store))
    }
  } finally {
    await store.stop()
    if (packed !== undefined) rmSync(dirname(packed), { recursive: true, force: true })
  }
  return [
    ...sizes,
    ...whats.map(([name, what]) =>
      row(what, 'ms', 'lower', 'as built, not packed', figures[name].packed, figures[name].built),
    ),
  ]
}

/** What `npm install waypost` brings along, sources and types included. */
function sizeRows(modules) {
  const { bytes, packages } = installSize(modules, 'waypost')
  return [
    { what: 'npm install waypost: size of all packages', ours: bytes / 1e6, unit: 'MB', better: 'lower' },
    { what: 'npm install waypost: packages', ours: packages.length, unit: '', better: 'lower' },
  ]
}

const measures = {
  import: (modules) => firstUseMs(modules, 'client'),
  wall: (modules) => runMs(['--input-type=module', '-e', `import '${entrance(modules, 'client')}'`]),
  store: (modules) => firstUseMs(modules, 'server'),
  version: (modules) => runMs([binIn(modules), '--version']),
  get: (modules, store) => runMs([binIn(modules), 'get', 'a', '--endpoints', `http://127.0.0.1:${store.port}`]),
  async serve(modules) {
    const server = await startWaypost([], binIn(modules))
    const elapsedMs = await server.restart({ pauseMs: 2 })
    await server.stop()
    return elapsedMs
  },
}

async function firstUseMs(modules, name) {
  return (await runScript('first-use-load.js', { name, url: entrance(modules, name) })).elapsedMs
}

function runMs(args) {
  const startedMs = performance.now()
  succeed(process.execPath, args)
  return performance.now() - startedMs
}

function succeed(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`\`${command} ${args.join(' ')}\` failed: ${stderr}`)
  return stdout
}

function homeIn(modules, name) {
  return modules === built || name === 'waypost' ? join(modules, name) : join(modules, '@waypost', name)
}

function entrance(modules, name) {
  return pathToFileURL(join(homeIn(modules, name), 'dist', 'index.js')).href
}

function binIn(modules) {
  return join(homeIn(modules, 'cli'), 'bin', 'waypost.js')
}

/** Inside this repository, so that libraries are found where they are installed. Returns its `node_modules`. */
function installPacked() {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const modules = join(mkdtempSync(join(root, '.cache', 'packed-')), 'node_modules')
  const tarballs = succeed(process.execPath, [join(root, 'scripts', 'pack.js'), '--no-setup', modules])
  for (const tarball of tarballs.trim().split('\n')) {
    const [, scoped] = /waypost-([a-z]+)-[\d.]+\.tgz$/.exec(tarball) ?? []
    const home = homeIn(modules, scoped ?? 'waypost')
    mkdirSync(home, { recursive: true })
    succeed('tar', ['-xzf', tarball, '--strip-components=1', '-C', home])
    const own = join(built, scoped ?? 'waypost', 'node_modules')
    if (existsSync(own)) symlinkSync(own, join(home, 'node_modules'), 'junction')
  }
  return modules
}
