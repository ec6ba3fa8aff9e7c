import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommandLog } from './command-log.ts'
import { FakeLogDirectory } from './fake-log-directory.test-support.ts'
import { segmentHeaderBytes, segmentName } from './log-format.ts'

const segmentBytes = 16 * 1024

async function openLog(
  directory: FakeLogDirectory,
  appliedIndex = 0,
): Promise<{ log: CommandLog; replayed: string[] }> {
  const replayed: string[] = []
  const replay = (index: number, command: Buffer): number => replayed.push(`${index}:${command.toString()}`)
  return { log: await CommandLog.open({ directory, appliedIndex, replay, segmentBytes }), replayed }
}

async function replay(directory: FakeLogDirectory, appliedIndex = 0): Promise<string[]> {
  const { log, replayed } = await openLog(directory, appliedIndex)
  await log.close()
  expect(directory.openFiles).toBe(0)
  return replayed
}

const command = (text: string): Buffer => Buffer.from(text)

/** A log with frames of the given commands, closed. */
async function written(...frames: readonly (readonly string[])[]): Promise<FakeLogDirectory> {
  const directory = new FakeLogDirectory()
  const { log } = await openLog(directory)
  for (const frame of frames) await log.write(frame.map(command))
  await log.close()
  return directory
}

function bytesOf(directory: FakeLogDirectory, sequence = 1): Buffer {
  const bytes = directory.files.get(segmentName(sequence))
  if (bytes === undefined) throw new Error(`no segment ${sequence}`)
  return bytes
}

/** Where what was written ends. */
function endOf(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return end
}

describe('CommandLog', () => {
  it('replays what was written, in order, after the index that is applied', async () => {
    const directory = await written(['a', 'bb'], [''], ['ccc'])
    expect(await replay(directory)).toEqual(['1:a', '2:bb', '3:', '4:ccc'])
    expect(await replay(directory, 3)).toEqual(['4:ccc'])
    expect(await replay(directory, 4)).toEqual([])
  })

  it('goes on where it ended', async () => {
    const directory = await written(['a'])
    const { log } = await openLog(directory)
    expect(log.lastIndex).toBe(1)
    await log.write([command('b')])
    await log.close()
    expect(await replay(directory)).toEqual(['1:a', '2:b'])
  })

  it('goes on after the applied index when its segments were all dropped', async () => {
    const directory = new FakeLogDirectory()
    const { log } = await openLog(directory, 41)
    await log.write([command('a')])
    await log.close()
    expect(await replay(directory, 41)).toEqual(['42:a'])
  })

  it('changes segments, and drops those that are not needed', async () => {
    const directory = new FakeLogDirectory()
    const { log } = await openLog(directory)
    const large = 'x'.repeat(5_000)
    for (let index = 1; index <= 9; index++) await log.write([command(large)])
    expect(directory.list()).toEqual([1, 2, 3, 4].map(segmentName))
    log.dropThrough(5)
    log.dropThrough(6)
    await log.close()
    expect(directory.list()).toEqual([3, 4].map(segmentName))
    expect(await replay(directory, 6)).toEqual([`7:${large}`, `8:${large}`, `9:${large}`])
    await expect(replay(directory, 2)).rejects.toMatchObject({ code: 'data-dir-foreign' })
  })

  it('cuts a torn write at any sector, and nothing else', async () => {
    const directory = await written(['first'], ['second'.repeat(300), 'third'.repeat(300)])
    const bytes = bytesOf(directory)
    const frameStart = segmentHeaderBytes + 64
    const end = endOf(bytes)
    for (let kept = 0; kept * 512 < end; kept++) {
      const torn = directory.copy()
      bytesOf(torn).fill(0, Math.max(frameStart, kept * 512), end)
      expect(await replay(torn)).toEqual(['1:first'])
      expect(endOf(bytesOf(torn))).toBeLessThanOrEqual(frameStart)
    }
  })

  it('cuts a torn write of which sectors arrived in any order', async () => {
    const directory = await written(['first'], ['second'.repeat(700)])
    const end = endOf(bytesOf(directory))
    const sectors = Math.ceil((end - segmentHeaderBytes - 512) / 512)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat({ max: sectors - 1 }), { minLength: 1 }), async (lost) => {
        const torn = directory.copy()
        for (const sector of lost) {
          const start = segmentHeaderBytes + 512 + sector * 512
          bytesOf(torn).fill(0, start, start + 512)
        }
        expect(await replay(torn)).toEqual(['1:first'])
        const { log } = await openLog(torn)
        await log.write([command('again')])
        await log.close()
        expect(await replay(torn)).toEqual(['1:first', '2:again'])
      }),
    )
  })

  it('refuses a file that was cut off anywhere, and changes nothing', async () => {
    const directory = await written(['first'], ['second'.repeat(300)])
    const whole = bytesOf(directory)
    const lengths = [0, 1, 100, 511, 512, 513, 600, 1_000, 2_000, 5_000, segmentBytes - 1]
    for (const length of lengths) {
      const cut = directory.copy()
      const rest = Buffer.from(whole.subarray(0, length))
      cut.files.set(segmentName(1), rest)
      await expect(replay(cut)).rejects.toMatchObject({ code: 'data-dir-foreign' })
      expect(cut.files.get(segmentName(1))).toBe(rest)
    }
  })

  it('refuses a flipped bit in anything that was written', async () => {
    const directory = await written(['first', 'second'], ['third'])
    const end = endOf(bytesOf(directory))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: segmentHeaderBytes, max: end - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const flipped = directory.copy()
        const bytes = bytesOf(flipped)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        const before = Buffer.from(bytes)
        // Padding between frames carries nothing; everything else must be noticed.
        const outcome = await replay(flipped).then(
          (replayed) => replayed.join(),
          (error: { code: string }) => error.code,
        )
        expect(['data-dir-foreign', '1:first,2:second,3:third']).toContain(outcome)
        if (outcome === 'data-dir-foreign') expect(bytes.equals(before)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('refuses damage in the middle even where it looks like a torn write', async () => {
    const directory = await written(['first'.repeat(300)], ['second'])
    bytesOf(directory).fill(0, 1_024, 1_536)
    await expect(replay(directory)).rejects.toMatchObject({ code: 'data-dir-foreign' })
  })

  it('refuses a missing segment', async () => {
    const directory = new FakeLogDirectory()
    const { log } = await openLog(directory)
    for (let index = 1; index <= 9; index++) await log.write([command('x'.repeat(5_000))])
    await log.close()
    const first = directory.copy()
    first.files.delete(segmentName(1))
    await expect(replay(first)).rejects.toMatchObject({ code: 'data-dir-foreign' })
    const middle = directory.copy()
    middle.files.delete(segmentName(2))
    await expect(replay(middle)).rejects.toMatchObject({ code: 'data-dir-foreign' })
    const last = directory.copy()
    last.files.delete(segmentName(3))
    last.files.delete(segmentName(4))
    await expect(replay(last, 9)).rejects.toMatchObject({ code: 'data-dir-foreign' })
  })

  it.each(['notes.txt', '0000000000000002.log'])('refuses a foreign file %s', async (name) => {
    const directory = await written(['a'])
    directory.files.set(name, Buffer.from('something else'))
    await expect(replay(directory)).rejects.toMatchObject({ code: 'data-dir-foreign' })
  })

  it('takes bytes that look like a log for what they are: a value', async () => {
    const inner = await written(['inner'.repeat(50)], ['more'])
    const value = bytesOf(inner).subarray(0, endOf(bytesOf(inner)))
    for (const padding of [0, 4, 8, 12, 16, 20, 24, 28]) {
      const directory = new FakeLogDirectory()
      const { log } = await openLog(directory)
      await log.write([Buffer.concat([Buffer.alloc(padding), value])])
      await log.close()
      const torn = directory.copy()
      bytesOf(torn).fill(0, segmentHeaderBytes + 512, segmentHeaderBytes + 1_024)
      expect(await replay(directory)).toHaveLength(1)
      expect(await replay(torn)).toEqual([])
    }
  })

  it.each([0, 1, 40, 600])('goes on after a full disk, of which a write left %i bytes behind', async (writtenBytes) => {
    const directory = await written(['a'])
    const { log } = await openLog(directory)
    directory.fault = { kind: 'write', writtenBytes }
    await expect(log.write([command('lost'.repeat(500))])).rejects.toThrow('ENOSPC')
    await expect(log.write([command('lost')])).rejects.toThrow('ENOSPC')
    expect(await replay(directory.copy())).toEqual(['1:a'])
    directory.fault = undefined
    await log.write([command('b')])
    await log.close()
    expect(await replay(directory)).toEqual(['1:a', '2:b'])
  })

  it('goes on when a segment could not be made for a while', async () => {
    const directory = new FakeLogDirectory()
    const { log } = await openLog(directory)
    await log.write([command('x'.repeat(15_000))])
    await log.write([command('y'.repeat(15_000))])
    directory.fault = { kind: 'create' }
    await expect(
      (async () => {
        for (;;) await log.write([command('z'.repeat(15_000))])
      })(),
    ).rejects.toThrow('ENOSPC')
    directory.fault = undefined
    const { lastIndex } = log
    await log.write([command('after')])
    await log.close()
    expect((await replay(directory)).at(-1)).toBe(`${lastIndex + 1}:after`)
  })

  it('stops for good when a sync fails', async () => {
    const directory = await written(['a'])
    const { log } = await openLog(directory)
    directory.fault = { kind: 'sync', writtenBytes: 10 }
    await expect(log.write([command('unknown')])).rejects.toThrow('EIO')
    directory.fault = undefined
    await expect(log.write([command('later')])).rejects.toThrow('EIO')
    await log.close()
  })
})
