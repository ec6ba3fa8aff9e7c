import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Engine } from '../src/apply/engine.ts'
import { putRequest, rangeRequest } from '../src/apply/requests.test-support.ts'
import { directoryBackend } from '../src/storage/open-backend.ts'
import { temporaryDirectory } from '../src/temporary-directory.test-support.ts'

async function filled(puts: number): Promise<string> {
  const dataDir = temporaryDirectory()
  const engine = await Engine.open({ backend: directoryBackend(dataDir) })
  await Promise.all(
    Array.from({ length: puts }, (_, n) => engine.propose('put', putRequest(`key ${n}`, 'x'.repeat(n % 9_000)))),
  )
  await engine.close()
  return dataDir
}

/** All files with their content. */
function contentOf(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    names.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path, readFileSync(path, 'latin1')]),
  )
}

describe('a data directory', () => {
  it('is made with its parents when it is not there', async () => {
    const dataDir = join(temporaryDirectory(), 'a', 'b')
    await (await Engine.open({ backend: directoryBackend(dataDir) })).close()
    expect(JSON.parse(readFileSync(join(dataDir, 'FORMAT'), 'utf8'))).toEqual({
      format: 2,
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      identity: expect.objectContaining({ 'identity/cluster': expect.any(String) }),
      checksum: expect.stringMatching(/^[0-9a-f]{8}$/),
    })
  })

  it('is finished when its making was interrupted', async () => {
    const dataDir = temporaryDirectory()
    writeFileSync(join(dataDir, 'FORMAT.tmp'), '')
    await (await Engine.open({ backend: directoryBackend(dataDir) })).close()
    expect(existsSync(join(dataDir, 'FORMAT'))).toBe(true)
  })

  it('is refused when it holds something else', async () => {
    const dataDir = temporaryDirectory()
    writeFileSync(join(dataDir, 'thesis.txt'), 'mine')
    await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
      code: 'data-dir-foreign',
      message: expect.stringContaining('thesis.txt'),
    })
    expect(readdirSync(dataDir)).toEqual(['thesis.txt'])
  })

  it.each(['', 'etcd', '{}', '{"format":"1"}', '{"format":2}', '{"format":2,"id":"a","checksum":"00000000"}'])(
    'is refused when its FORMAT reads %o',
    async (text) => {
      const dataDir = temporaryDirectory()
      writeFileSync(join(dataDir, 'FORMAT'), text)
      await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
        code: 'data-dir-foreign',
      })
    },
  )

  it('is refused when a newer version wrote it', async () => {
    const dataDir = temporaryDirectory()
    writeFileSync(join(dataDir, 'FORMAT'), '{"format":3}')
    await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({ code: 'data-dir-newer' })
  })

  it('is refused when it is a file', async () => {
    const dataDir = join(temporaryDirectory(), 'file')
    writeFileSync(dataDir, '')
    await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
      code: 'data-dir-unusable',
    })
  })

  it.runIf(process.platform === 'linux')('is refused where no directory can be made, even by root', async () => {
    await expect(Engine.open({ backend: directoryBackend('/proc/waypost/data') })).rejects.toMatchObject({
      code: 'data-dir-unusable',
    })
  })

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'is refused when it may not be written',
    async () => {
      const dataDir = temporaryDirectory()
      chmodSync(dataDir, 0o500)
      await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
        code: 'data-dir-unusable',
      })
    },
  )

  it('serves one engine of this process at a time', async () => {
    const dataDir = temporaryDirectory()
    const engine = await Engine.open({ backend: directoryBackend(dataDir) })
    await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({ code: 'data-dir-in-use' })
    await engine.close()
    await (await Engine.open({ backend: directoryBackend(dataDir) })).close()
  })

  it('is refused while another process has it, and free as soon as that one is killed', async () => {
    const dataDir = await filled(1)
    const program = `
      import { open } from 'lmdb'
      const tree = open({ path: process.argv[1], keyEncoding: 'binary', encoding: 'binary', overlappingSync: false })
      tree.get(Buffer.from('a'))
      console.log('open')
      setInterval(() => {}, 1000)`
    const other = spawn(process.execPath, ['--input-type=module', '-e', program, join(dataDir, 'tree')], {
      cwd: import.meta.dirname,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = new Promise((resolve) => other.once('exit', resolve))
    try {
      await new Promise((resolve) => other.stdout.once('data', resolve))
      await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
        code: 'data-dir-in-use',
        message: expect.stringContaining(`process ${other.pid}`),
      })
    } finally {
      other.kill('SIGKILL')
      await exited
    }
    await (await Engine.open({ backend: directoryBackend(dataDir) })).close()
  })

  it('is opened with a word when a process of the same number on another host had it', async () => {
    const dataDir = await filled(1)
    const warnings: string[] = []
    const onWarning = (message: string): number => warnings.push(message)
    await (await Engine.open({ backend: directoryBackend(dataDir), onWarning })).close()
    expect(warnings).toEqual([])
    writeFileSync(join(dataDir, 'OWNER'), `${process.pid} other-container\n`)
    await (await Engine.open({ backend: directoryBackend(dataDir), onWarning })).close()
    expect(warnings).toEqual([expect.stringContaining('other-container')])
  })

  it('is refused when its tree was cut off, wherever, and left as it is', async () => {
    const dataDir = await filled(300)
    const tree = join(dataDir, 'tree', 'data.mdb')
    const whole = readFileSync(tree)
    for (const share of [0.001, 0.01, 0.3, 0.6, 0.9, 0.99]) {
      writeFileSync(tree, whole)
      truncateSync(tree, Math.floor(whole.length * share))
      const before = contentOf(dataDir)
      await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
        code: 'data-dir-foreign',
      })
      expect(contentOf(dataDir)).toEqual(before)
    }
    writeFileSync(tree, whole)
    const engine = await Engine.open({ backend: directoryBackend(dataDir) })
    expect(engine.range(rangeRequest('\0', '\0', { countOnly: true })).count).toBe(300)
    await engine.close()
  })

  it.each(['tree/data.mdb', 'log/0000000000000001.log'])('is refused when its %s is something else', async (name) => {
    const dataDir = await filled(3)
    writeFileSync(join(dataDir, name), 'x'.repeat(100_000))
    const before = contentOf(dataDir)
    await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
      code: 'data-dir-foreign',
    })
    for (const [path, content] of before) if (path.endsWith(name)) expect(readFileSync(path, 'latin1')).toBe(content)
  })

  it('is refused when its log holds a foreign file', async () => {
    const dataDir = await filled(1)
    writeFileSync(join(dataDir, 'log', 'foreign.txt'), '')
    await expect(Engine.open({ backend: directoryBackend(dataDir) })).rejects.toMatchObject({
      code: 'data-dir-foreign',
    })
  })
})
