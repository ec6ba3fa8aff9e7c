import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Program } from '../src/index.ts'

const script = fileURLToPath(new URL('reaper/leaves-behind.mjs', import.meta.url))

describe('what tests start and make', () => {
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
    it(`is gone after the test process ended by ${signal}`, async () => {
      await using program = await Program.start(process.execPath, [script])
      const { directory, pid } = JSON.parse(await program.waitForOutput('}\n'))
      expect([existsSync(directory), isRunning(pid)]).toEqual([true, true])
      program.signal(signal)
      await program.exited
      for (let attempt = 0; attempt < 200 && (existsSync(directory) || isRunning(pid)); attempt++) await sleep(25)
      expect([existsSync(directory), isRunning(pid)]).toEqual([false, false])
    })
  }
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // An orphan that has ended may wait a while for the init process to take note.
  const stat = `/proc/${pid}/stat`
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'))
}
