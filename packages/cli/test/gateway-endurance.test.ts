import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Program, recordSkip, startStore } from '@waypost/testkit'
import { afterEach, describe, expect, test } from 'vitest'
import { connect as connectStore } from 'waypost'
import { children } from '../src/child-pids.test-support.ts'
import { startWaypost } from '../src/waypost.test-support.ts'

const instanceProgram = fileURLToPath(new URL('fixtures/shop-instance.mjs', import.meta.url))

const ending: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end()
})

/** A gateway of one worker process in front of one instance. */
async function startGateway(): Promise<{ readonly port: number; readonly worker: number }> {
  const store = await startStore()
  ending.push(() => store.close())
  const waypost = await connectStore({ endpoints: store.url, env: {}, logger: false })
  ending.push(() => waypost.close())
  await waypost.config.set('gateway/routes.yaml', 'routes:\n  shop:\n    target: { service: shop }\n')
  const instance = await Program.start(process.execPath, [instanceProgram, 's1', store.url], { env: process.env })
  ending.push(() => instance.kill())
  await instance.waitForOutput('registered')
  const args = ['gateway', '--port', '0', '--admin-port', '0', '--workers', '1', '--endpoints', store.url]
  const gateway = await startWaypost(args)
  ending.push(() => gateway.kill())
  const port = Number(/listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(await gateway.waitForOutput('Ctrl+C'))?.[1])
  const [worker] = await children(gateway.pid)
  if (worker === undefined) throw new Error('The gateway has no worker.')
  return { port, worker }
}

/** The memory of a process that is in use, in MB. */
function memoryMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

describe.skipIf(!process.env.WAYPOST_LONG || process.platform !== 'linux')('over time', () => {
  test('10,000 idle connections are kept, cost little, and are served again', async () => {
    const { port, worker } = await startGateway()
    const sockets: Socket[] = []
    ending.push(() => {
      for (const socket of sockets) socket.destroy()
    })
    const ask = (socket: Socket): Promise<boolean> =>
      new Promise((resolve) => {
        let answer = ''
        const read = (chunk: Buffer): void => {
          answer += chunk
          if (!answer.includes('\r\n\r\n') || !answer.includes('GET /x ')) return
          socket.off('data', read)
          resolve(answer.startsWith('HTTP/1.1 200'))
        }
        socket.on('data', read)
        socket.once('close', () => resolve(false))
        socket.write('GET /x HTTP/1.1\r\nHost: a\r\n\r\n')
      })
    const open = async (): Promise<void> => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      sockets.push(socket)
      expect(await ask(socket)).toBe(true)
    }
    for (let count = 0; count < 200; count++) await open()
    const beforeMb = memoryMb(worker)
    while (sockets.length < 10_000) await Promise.all(Array.from({ length: 50 }, open))
    const perConnectionKb = ((memoryMb(worker) - beforeMb) * 1024) / sockets.length
    console.log(`An idle connection takes ${perConnectionKb.toFixed(1)} KB.`)
    expect(perConnectionKb).toBeLessThan(64)
    let served = 0
    for (let at = 0; at < sockets.length; at += 100) {
      for (const isServed of await Promise.all(sockets.slice(at, at + 100).map(ask))) if (isServed) served += 1
    }
    expect(served).toBe(10_000)
  }, 600_000)

  test('memory is flat over ten minutes at full load', async () => {
    const minutes = 10
    const { port, worker } = await startGateway()
    const load = await Program.start(
      'wrk',
      ['-t1', '-c64', '--timeout', '30s', `-d${minutes * 60}s`, `http://127.0.0.1:${port}/x`],
      {
        env: process.env,
      },
    ).catch(() => undefined)
    if (load === undefined) {
      recordSkip('memory of the gateway under load', 'wrk is not installed')
      return
    }
    ending.push(() => load.kill())
    const samples: number[] = []
    const sampling = setInterval(() => samples.push(memoryMb(worker)), 5_000)
    const { stdout } = await load.exited
    clearInterval(sampling)
    const perMinute = samples.length / minutes
    const early = median(samples.slice(Math.floor(perMinute * 2), Math.floor(perMinute * 4)))
    const late = median(samples.slice(Math.floor(perMinute * (minutes - 2))))
    console.log(`Memory ${early.toFixed(0)} MB, later ${late.toFixed(0)} MB.\n${stdout}`)
    expect(stdout).not.toMatch(/Non-2xx|Socket errors/)
    expect(late).toBeLessThan(early * 1.15 + 8)
  }, 900_000)
})
