// Builds etcd, etcdctl and etcdutl of the version in go.mod once, and prints the directory that has them:
// `node packages/testkit/etcd/build.js`. Needs Go; the tests find the programs there by themselves.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const home = dirname(fileURLToPath(import.meta.url))
const suffix = process.platform === 'win32' ? '.exe' : ''

/** The programs, each with the package that it is built from. */
const programs = { etcd: 'server', etcdctl: 'etcdctl', etcdutl: 'etcdutl' }

export function builtVersion() {
  const [, version] = /go\.etcd\.io\/etcd\/server\/v3 v(\S+)/.exec(readFileSync(join(home, 'go.mod'), 'utf8')) ?? []
  if (version === undefined) throw new Error('go.mod does not name go.etcd.io/etcd/server/v3.')
  return version
}

/** Where the programs are, or will be: outside the tree, so that every clone shares them. */
export function builtDirectory() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'waypost', `etcd-${builtVersion()}`)
}

function build() {
  const directory = builtDirectory()
  if (existsSync(directory)) return directory
  mkdirSync(dirname(directory), { recursive: true })
  // Complete or not there: another process may look for it, or build it too.
  const staging = mkdtempSync(`${directory}-`)
  try {
    for (const [name, module] of Object.entries(programs)) {
      const output = join(staging, name + suffix)
      const { status, error } = spawnSync('go', ['build', '-o', output, `go.etcd.io/etcd/${module}/v3`], {
        cwd: home,
        stdio: ['ignore', 'inherit', 'inherit'],
      })
      if (status !== 0) throw error ?? new Error(`go build of ${name} failed.`)
    }
    renameSync(staging, directory)
  } catch (error) {
    if (!existsSync(directory)) throw error
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
  return directory
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) console.log(build())
