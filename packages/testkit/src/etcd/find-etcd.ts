import { spawnSync } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { builtDirectory, builtVersion } from '../../etcd/build.js'

/** Where a foreign program is, or why there is none. */
export type Found =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string }

/**
 * The etcd that is the model: `WAYPOST_TEST_ETCD` (a path to the binary) if set, else the one that
 * `packages/testkit/etcd/build.js` built, else the one on PATH.
 */
export function findEtcd(env: NodeJS.ProcessEnv = process.env, built: string = builtDirectory()): Found {
  return findNamed('etcd', 'WAYPOST_TEST_ETCD', [built], env)
}

/** `etcdctl`: `WAYPOST_TEST_ETCDCTL` if set, else the one beside `WAYPOST_TEST_ETCD`, else as for `findEtcd`. */
export function findEtcdctl(env: NodeJS.ProcessEnv = process.env, built: string = builtDirectory()): Found {
  const etcd = env.WAYPOST_TEST_ETCD
  return findNamed('etcdctl', 'WAYPOST_TEST_ETCDCTL', etcd ? [dirname(etcd), built] : [built], env)
}

/** `etcdutl`, which comes with etcd from 3.5 on: `WAYPOST_TEST_ETCDUTL` if set, else as for `findEtcdctl`. */
export function findEtcdutl(env: NodeJS.ProcessEnv = process.env, built: string = builtDirectory()): Found {
  const etcd = env.WAYPOST_TEST_ETCD
  return findNamed('etcdutl', 'WAYPOST_TEST_ETCDUTL', etcd ? [dirname(etcd), built] : [built], env)
}

/** The etcd of `findEtcd`, if it is of the version that the embedded server behaves as. */
export function findModel(env: NodeJS.ProcessEnv = process.env): Found {
  const found = findEtcd(env)
  return found.path === undefined ? found : ofVersion(found.path, builtVersion())
}

/** An etcd 3.4 on PATH, as Debian has it: old clusters are moved from, and clients may not need what is newer. */
export function findEtcd34(env: NodeJS.ProcessEnv = process.env): Found {
  const found = findNamed('etcd', 'WAYPOST_TEST_ETCD34', [], env)
  return found.path === undefined ? found : ofVersion(found.path, '3.4.')
}

/** Any other program on PATH. */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): Found {
  return findNamed(name, `WAYPOST_TEST_${name.toUpperCase()}`, [], env)
}

function ofVersion(path: string, version: string): Found {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' })
  return stdout?.startsWith(`etcd Version: ${version}`) ? { path } : { reason: `${path} is not etcd ${version}` }
}

function findNamed(name: string, variable: string, first: readonly string[], env: NodeJS.ProcessEnv): Found {
  const asked = env[variable]
  if (asked) {
    return isExecutable(asked)
      ? { path: asked }
      : { reason: `${variable} names ${asked}, which is not an executable file` }
  }
  for (const directory of [...first, ...(env.PATH ?? '').split(delimiter)]) {
    if (directory === '') continue
    for (const file of process.platform === 'win32' ? [`${name}.exe`] : [name]) {
      const path = join(directory, file)
      if (isExecutable(path)) return { path }
    }
  }
  return { reason: `${name} is not on PATH and ${variable} is not set` }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
