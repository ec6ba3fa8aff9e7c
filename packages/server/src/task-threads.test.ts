import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FakeClock } from '@waypost/core/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TaskThreads } from './task-threads.ts'
import { temporaryDirectory } from './temporary-directory.test-support.ts'

/** Answers with the thread's number; fails, ends or is silent when it is told to. */
const worker = `
import { parentPort, threadId } from 'node:worker_threads'
parentPort.on('message', (task) => {
  if (task === 'fail') parentPort.postMessage({ error: new Error('no'), isCorrupt: false })
  else if (task === 'find damage') parentPort.postMessage({ error: new Error('damaged'), isCorrupt: true })
  else if (task === 'end') process.exit(3)
  else if (task !== 'be silent') parentPort.postMessage({ result: threadId })
})
`

function setUp() {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'worker.mjs'), worker)
  const clock = new FakeClock()
  const threads = new TaskThreads<string, number>('./worker.mjs', pathToFileURL(`${directory}/`).href, clock)
  onTestFinished(() => threads.close())
  return { clock, threads }
}

describe('TaskThreads', () => {
  it('keeps a thread for the next task, and starts another for one that comes meanwhile', async () => {
    const { threads } = setUp()
    const first = await threads.run('work')
    const both = await Promise.all([threads.run('work'), threads.run('work')])
    expect(both[0]).toBe(first)
    expect(both[1]).not.toBe(first)
  })

  it('lets a thread go that had nothing to do for a minute', async () => {
    const { clock, threads } = setUp()
    const first = await threads.run('work')
    await clock.advance(59_000)
    expect(await threads.run('work')).toBe(first)
    await clock.advance(61_000)
    expect(await threads.run('work')).not.toBe(first)
  })

  it('tells what failed, and goes on in another thread', async () => {
    const { threads } = setUp()
    const first = await threads.run('work')
    await expect(threads.run('fail')).rejects.toThrow('no')
    await expect(threads.run('find damage')).rejects.toMatchObject({ reason: 'corrupt' })
    await expect(threads.run('end')).rejects.toThrow('The thread ended early with 3')
    expect(await threads.run('work')).not.toBe(first)
  })

  it('stops what is under way when it is closed, and takes nothing more', async () => {
    const { threads } = setUp()
    const waiting = expect(threads.run('be silent')).rejects.toMatchObject({ reason: 'stopped' })
    await threads.close()
    await waiting
    await expect(threads.run('work')).rejects.toMatchObject({ reason: 'stopped' })
  })
})
