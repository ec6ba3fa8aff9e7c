import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeTempDir, removeTempDir } from '../process/temp-dir.ts'
import { findEtcd, findEtcdctl, findEtcdutl } from './find-etcd.ts'
import { requireOrSkip } from './require-or-skip.ts'

async function withPrograms(names: readonly string[], use: (directory: string) => void): Promise<void> {
  const directory = makeTempDir('find')
  try {
    for (const name of names) writeFileSync(join(directory, name), '', { mode: 0o755 })
    mkdirSync(join(directory, 'folder'))
    use(directory)
  } finally {
    await removeTempDir(directory)
  }
}

describe('findEtcd', () => {
  it('takes the first on PATH', () =>
    withPrograms(['etcd', 'etcdctl'], (directory) => {
      const env = { PATH: `/nowhere:${directory}` }
      expect(findEtcd(env, '/nowhere')).toEqual({ path: join(directory, 'etcd') })
      expect(findEtcdctl(env, '/nowhere')).toEqual({ path: join(directory, 'etcdctl') })
    }))

  it('takes what WAYPOST_TEST_ETCD names, and the etcdctl beside it', () =>
    withPrograms(['etcd', 'etcdctl', 'etcd-3.6'], (directory) => {
      const env = { PATH: '', WAYPOST_TEST_ETCD: join(directory, 'etcd-3.6') }
      expect(findEtcd(env, '/nowhere')).toEqual({ path: join(directory, 'etcd-3.6') })
      expect(findEtcdctl(env, '/nowhere')).toEqual({ path: join(directory, 'etcdctl') })
    }))

  it('prefers the one that was built to the one on PATH', () =>
    withPrograms(['etcd', 'etcdctl', 'etcdutl'], (directory) => {
      const env = { PATH: '/nowhere' }
      expect(findEtcd(env, directory)).toEqual({ path: join(directory, 'etcd') })
      expect(findEtcdctl(env, directory)).toEqual({ path: join(directory, 'etcdctl') })
      expect(findEtcdutl(env, directory)).toEqual({ path: join(directory, 'etcdutl') })
    }))

  it('says why there is none', () =>
    withPrograms([], (directory) => {
      expect(findEtcd({ PATH: directory }, '/nowhere').reason).toMatch(/not on PATH/)
      expect(findEtcd({ PATH: directory, WAYPOST_TEST_ETCD: join(directory, 'folder') }).reason).toMatch(
        /WAYPOST_TEST_ETCD names .*folder, which is not an executable file/,
      )
    }))
})

describe('requireOrSkip', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it('is true when everything is there', () =>
    withPrograms(['etcd', 'etcdctl'], (directory) => {
      for (const name of ['WAYPOST_TEST_ETCD', 'WAYPOST_TEST_ETCDCTL']) vi.stubEnv(name, '')
      vi.stubEnv('PATH', directory)
      vi.stubEnv('XDG_CACHE_HOME', directory)
      expect(requireOrSkip('these tests', 'etcd', 'etcdctl')).toBe(true)
    }))

  it('notes what is skipped and why, and does not skip under CI', () =>
    withPrograms(['etcd'], (directory) => {
      const file = join(directory, 'skips')
      for (const name of ['WAYPOST_TEST_ETCD', 'WAYPOST_TEST_ETCDCTL', 'CI']) vi.stubEnv(name, '')
      vi.stubEnv('PATH', directory)
      vi.stubEnv('XDG_CACHE_HOME', directory)
      vi.stubEnv('WAYPOST_TEST_SKIPS', file)
      expect(requireOrSkip('these tests', 'etcd', 'etcdctl')).toBe(false)
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
        what: 'these tests',
        reason: 'etcdctl is not on PATH and WAYPOST_TEST_ETCDCTL is not set',
      })
      vi.stubEnv('CI', 'true')
      expect(() => requireOrSkip('these tests', 'etcdctl')).toThrow(/these tests cannot be skipped/)
    }))
})
