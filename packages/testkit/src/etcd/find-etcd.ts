import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** Where a foreign program is, or why there is none. */
export type Found =
  | { readonly path: string; readonly reason?: undefined }
  | { readonly path?: undefined; readonly reason: string }

/** The etcd server that tests run: `WAYPOST_TEST_ETCD` (a path to the binary) if set, else the one on PATH. */
export function findEtcd(env: NodeJS.ProcessEnv = process.env): Found {
  return findNamed('etcd', 'WAYPOST_TEST_ETCD', [], env)
}

/** `etcdctl`: `WAYPOST_TEST_ETCDCTL` if set, else the one beside `WAYPOST_TEST_ETCD`, else the one on PATH. */
export function findEtcdctl(env: NodeJS.ProcessEnv = process.env): Found {
  const etcd = env.WAYPOST_TEST_ETCD
  return findNamed('etcdctl', 'WAYPOST_TEST_ETCDCTL', etcd ? [dirname(etcd)] : [], env)
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
