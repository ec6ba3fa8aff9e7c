import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'

export interface FailedRequest {
  readonly method: string
  readonly reason: string
  /** When the request began and ended. */
  readonly fromMs: number
  readonly toMs: number
}

export interface CheckedLoad {
  readonly failures: readonly FailedRequest[]
  /** Resolves when this number of further requests has been sent. */
  more(requests: number): Promise<void>
  /** Resolves with how many were asked, when the last one is answered. */
  stop(): Promise<number>
}

/**
 * Asks all the time over connections that are kept alive, and compares every body: instances answer with
 * `<method> <path> <body>`.
 *
 * @param pauseMs between an answer and the next question
 */
export function startCheckedLoad(port: number, concurrency: number, pauseMs = 0): CheckedLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const failures: FailedRequest[] = []
  let asked = 0
  let isOver = false
  const ask = (number: number): Promise<void> =>
    new Promise((resolve) => {
      const method = number % 4 === 0 ? 'POST' : 'GET'
      const body = method === 'POST' ? `${number}-`.repeat(number % 400) : ''
      const path = `/shop/${number}`
      const fromMs = performance.now()
      const fail = (reason: string): void => {
        failures.push({ method, reason: `${path}: ${reason}`, fromMs, toMs: performance.now() })
        resolve()
      }
      const outgoing = request({ agent, port, host: '127.0.0.1', path, method }, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        response.on('error', (error) => fail(String(error)))
        response.on('end', () => {
          if (response.statusCode === 200 && text === `${method} ${path} ${body}`) resolve()
          else fail(`${response.statusCode} ${text.slice(0, 200)}`)
        })
      })
      outgoing.on('error', (error) => fail(String(error)))
      outgoing.end(body)
    })
  const loops = Array.from({ length: concurrency }, async () => {
    while (!isOver) {
      asked += 1
      await ask(asked)
      if (pauseMs > 0) await sleep(pauseMs)
    }
  })
  return {
    failures,
    more: async (requests) => {
      const until = asked + requests
      await expect.poll(() => asked, { timeout: 60_000 }).toBeGreaterThan(until)
    },
    stop: async () => {
      isOver = true
      await Promise.all(loops)
      agent.destroy()
      return asked
    },
  }
}
