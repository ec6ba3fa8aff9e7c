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
        await program.waitForOutput('closed', 20_000)
        const closed = performance.now()
        const exit = await Promise.race([program.exited, timeUp(5_000)])
        expect(exit).toMatchObject({ code: 0, stdout: 'closed\nexited\n', stderr: '' })
        expect(performance.now() - closed).toBeLessThan(1_000)
      } finally {
        if (dataDir) await removeTempDir(dataDir)
      }
    })
  }
})

function timeUp(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve('still running'), ms).unref())
}
