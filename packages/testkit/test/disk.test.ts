import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StatusCode } from '@waypost/rpc'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packedPackages } from '../../../scripts/packed.js'
import { recordSkip } from '../src/etcd/require-or-skip.ts'
import { type Program, until } from '../src/index.ts'
import { text } from '../src/wire/view.ts'
import { Wire } from '../src/wire/wire.ts'
import { canMount, SmallDisk } from './small-disk.test-support.ts'

const { bin } = await packedPackages()
const runs = canMount()
if (!runs) recordSkip('a disk that is full or read-only', 'mounting one takes Linux and root')

describe.skipIf(!runs)('a disk', () => {
  let disk: SmallDisk
  const servers: Program[] = []
  beforeEach(async () => {
    disk = await SmallDisk.mount(64)
  })
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill()
    await disk.close()
  })

  const start = async (): Promise<Program> => {
    const server = await disk.start(process.execPath, [
      bin,
      'serve',
      '--no-hub',
      '--port',
      '0',
      '--data-dir',
      join(disk.path, 'data'),
    ])
    servers.push(server)
    return server
  }
  const serve = async (): Promise<{ server: Program; wire: Wire }> => {
    const server = await start()
    const output = await server.waitForOutput(/is on (http:\S+)/, 20_000)
    return { server, wire: new Wire(/is on (http:\S+)/.exec(output)?.[1] ?? '') }
  }
  /** The content of every file, to see that nothing was changed. */
  const content = (): string[] =>
    readdirSync(disk.outside('data'), { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.endsWith('lock.mdb') && statSync(disk.outside('data', name)).isFile())
      .map(
        (name) =>
          `${name} ${createHash('sha256')
            .update(readFileSync(disk.outside('data', name)))
            .digest('hex')}`,
      )

  it('that is full makes writes fail and nothing else, and keeps what was acknowledged', async () => {
    const { server, wire } = await serve()
    const acknowledged = new Map<string, string>()
    const put = async (key: string, value: string): Promise<void> => {
      await wire.put(key, value)
      acknowledged.set(key, value)
    }
    await put('before', 'x')
    disk.fill(2 * 1024 * 1024)
    // What was written ahead, and what the tree and its log may still take, is used up first.
    let refusal: unknown
    for (let number = 0; refusal === undefined && number < 2_000; number++)
      await put(`filling/${number}`, String(number).repeat(16_000)).catch((error: unknown) => {
        refusal = error
      })
    expect(refusal).toMatchObject({
      code: StatusCode.RESOURCE_EXHAUSTED,
      message: 'etcdserver: mvcc: database space exceeded',
    })
    expect((await wire.range('before')).kvs.map((kv) => text(kv.value))).toEqual(['x'])
    expect((await wire.range('\0', { end: '\0', countOnly: true })).count).toBe(BigInt(acknowledged.size))
    await expect(wire.put('refused', 'x'.repeat(1_000_000))).rejects.toThrow('database space exceeded')
    expect(server.running).toBe(true)

    disk.makeRoom()
    await until('A write after there was room', () =>
      put('after', 'y').then(
        () => true,
        () => false,
      ),
    )
    for (let number = 0; number < 20; number++) await put(`after/${number}`, String(number))
    await server.kill()
    await wire.close()

    const { wire: again } = await serve()
    const { kvs } = await again.range('\0', { end: '\0' })
    expect(new Map(kvs.map((kv) => [text(kv.key), text(kv.value)]))).toEqual(acknowledged)
    await again.close()
  })

  it('that is full at the first start is named, and the directory is good once there is room', async () => {
    disk.fill(64 * 1024)
    const { code, stderr } = await (await start()).exited
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/ENOSPC/)
    disk.makeRoom()
    const { wire } = await serve()
    await wire.put('a', '1')
    await wire.close()
  })

  it('that is read-only is named, and nothing on it changes', async () => {
    const { server, wire } = await serve()
    await wire.put('a', '1')
    await wire.close()
    await server.stop()
    await disk.setReadOnly()
    const before = content()
    const { code, stderr } = await (await start()).exited
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/EROFS|read-only/i)
    expect(content()).toEqual(before)
  })
})
