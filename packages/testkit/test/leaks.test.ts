import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'
import { makeTempDir, Program, removeTempDir } from '../src/index.ts'

const script = fileURLToPath(new URL('leaks/everything.mjs', import.meta.url))

describe.concurrent('a program that used everything and closed it', () => {
  for (const [how, durable] of [
    ['client first', false],
    ['client first', true],
    ['store first', true],
    ['together', true],
  ] as const) {
    it(`ends by itself within a second (${how}, ${durable ? 'durable' : 'in memory'})`, async ({ expect }) => {
      const dataDir = durable ? makeTempDir('leaks') : undefined
      try {
        await using program = await Program.start(process.execPath, [script, how, ...(dataDir ? [dataDir] : [])])
        const { code, stdout, stderr } = await program.exited
        // A store that closes first is lost, which is said once.
        const lost = /^waypost \([^)\n]+\): The store is lost: [^\n]*\n$/
        expect({ code, stderr }).toEqual({
          code: 0,
          stderr: expect.stringMatching(how === 'client first' ? /^$/ : new RegExp(`^$|${lost.source}`)),
        })
        const [said, afterMs] = stdout.split('\n')
        expect(said).toBe('closed')
        expect(Number(afterMs)).toBeLessThan(1_000)
      } finally {
        if (dataDir) await removeTempDir(dataDir)
      }
    })
  }
})
