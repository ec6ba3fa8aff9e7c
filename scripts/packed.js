// The packages as they are published, for tests and benchmarks: packed once for what is built, and kept in `.cache`.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { addFiles } from './setup.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const shelf = join(root, '.cache', 'packed')
/** Others may still use what was built before. */
const kept = 3
const abandonedMs = 3_600_000

/**
 * Whoever asks first packs; the others wait for that.
 *
 * `node_modules` has them installed: inside this repository, where libraries are found as well.
 */
export async function packedPackages() {
  const packages = publicPackages()
  const home = join(shelf, fingerprint(packages))
  while (!existsSync(home)) {
    if (!take(`${home}.lock`)) await sleep(50)
    else {
      try {
        if (!existsSync(home)) await pack(home, packages)
      } finally {
        rmSync(`${home}.lock`, { force: true })
      }
    }
  }
  return {
    home,
    modules: join(home, 'node_modules'),
    bin: join(home, 'node_modules', '@waypost', 'cli', 'bin', 'waypost.js'),
    tarballs: new Map(packages.map((each) => [each.name, join(home, 'tarballs', tarballName(each))])),
  }
}

function publicPackages() {
  return readdirSync(join(root, 'packages'))
    .map((folder) => join(root, 'packages', folder))
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ directory, ...JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) }))
    .filter((manifest) => !manifest.private)
}

function tarballName({ name, version }) {
  return `${name.replace('@', '').replace('/', '-')}-${version}.tgz`
}

/** Of what is built and of how it is packed. */
function fingerprint(packages) {
  const hash = createHash('sha256').update(process.version)
  for (const file of ['pack.js', 'packed.js', join('pack', 'bundle-package.js')])
    hash.update(readFileSync(join(root, 'scripts', file)))
  for (const { directory, files } of packages) {
    hash.update(readFileSync(join(directory, 'package.json')))
    for (const folder of files.filter((pattern) => !pattern.startsWith('!')))
      addFiles(hash, join(directory, folder), (name) => !/\.test(-support)?\.|tsbuildinfo$/.test(name))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Whether this process may pack. The lock of a process that is no more counts for nothing. */
function take(lock) {
  mkdirSync(shelf, { recursive: true })
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (isLeftBehind(lock)) rmSync(lock, { force: true })
    return false
  }
}

function isLeftBehind(lock) {
  try {
    const owner = Number(readFileSync(lock, 'utf8'))
    // Zero: it has been made, and is about to be written.
    if (owner > 0) process.kill(owner, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

async function pack(home, packages) {
  const staging = mkdtempSync(join(shelf, 'new-'))
  try {
    const tarballs = join(staging, 'tarballs')
    await succeed(process.execPath, [join(root, 'scripts', 'pack.js'), '--no-setup', tarballs])
    for (const each of packages) {
      const installed = join(staging, 'node_modules', each.name)
      mkdirSync(installed, { recursive: true })
      await succeed('tar', ['-xzf', join(tarballs, tarballName(each)), '--strip-components=1', '-C', installed])
      // Versions that only this package uses.
      const own = join(each.directory, 'node_modules')
      if (existsSync(own)) symlinkSync(own, join(installed, 'node_modules'), 'junction')
    }
    renameSync(staging, home)
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
  tidy()
}

/** Keeps what was packed last, and takes away the rest, with what was never finished. */
function tidy() {
  const entries = readdirSync(shelf)
    .filter((name) => !name.endsWith('.lock'))
    .map((name) => ({ name, path: join(shelf, name), madeMs: statSync(join(shelf, name)).mtimeMs }))
    .sort((a, b) => b.madeMs - a.madeMs)
  const isUnfinished = ({ name }) => name.startsWith('new-')
  const old = entries.filter((entry) => !isUnfinished(entry)).slice(kept)
  const abandoned = entries.filter((entry) => isUnfinished(entry) && Date.now() - entry.madeMs > abandonedMs)
  for (const { path } of [...old, ...abandoned]) rmSync(path, { recursive: true, force: true })
}

async function succeed(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`\`${command} ${args.join(' ')}\` failed with exit code ${status}.`)
}
