import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { requireOrSkip, run, runEtcdctl, startEtcd, startEtcdCluster, startEtcdctl } from '../src/index.ts'

const here = requireOrSkip('starting real etcd processes', 'etcd', 'etcdctl')

describe.skipIf(!here)('startEtcd', () => {
  it('serves, keeps its data over a restart on the same port, and leaves nothing behind', async () => {
    const etcd = await startEtcd()
    const { url, dataDir } = etcd
    expect((await runEtcdctl(url, ['put', 'a', '1'])).stdout).toBe('OK\n')
    await etcd.kill()
    await etcd.restart()
    expect(etcd.url).toBe(url)
    expect((await runEtcdctl(url, ['get', 'a'])).stdout).toBe('a\n1\n')
    await etcd.close()
    expect(etcd.running).toBe(false)
    expect(existsSync(dataDir)).toBe(false)
  })

  it('freezes and thaws', async () => {
    await using etcd = await startEtcd()
    etcd.pause()
    const frozen = await runEtcdctl(etcd.url, ['--command-timeout=300ms', '--dial-timeout=300ms', 'get', 'a'])
    expect(frozen.code).not.toBe(0)
    etcd.resume()
    expect((await runEtcdctl(etcd.url, ['get', 'a'])).code).toBe(0)
  })

  it('streams the output of a running etcdctl', async () => {
    await using etcd = await startEtcd()
    await using watch = await startEtcdctl(etcd.url, ['watch', '--rev=1', 'w'])
    await runEtcdctl(etcd.url, ['put', 'w'], { stdin: 'from standard input' })
    await watch.waitForOutput('PUT\nw\nfrom standard input\n')
  })
})

describe.skipIf(!here)('startEtcdCluster', () => {
  it('goes on while one of three members is gone', async () => {
    await using cluster = await startEtcdCluster(3)
    const [first, second, third] = cluster.members
    await second?.kill()
    await Promise.all([first?.healthy(), third?.healthy()])
    expect((await runEtcdctl(first?.url ?? '', ['put', 'a', '1'])).stdout).toBe('OK\n')
    expect((await runEtcdctl(third?.url ?? '', ['get', 'a'])).stdout).toBe('a\n1\n')
    await second?.restart()
    expect((await runEtcdctl(second?.url ?? '', ['get', 'a'])).stdout).toBe('a\n1\n')
  })
})

describe('run', () => {
  it('kills a program that is late', async () => {
    await expect(run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 50 })).rejects.toThrow(
      'did not end within 50 ms',
    )
  })
})
