import type { Timer } from '@waypost/core'
import type { ConcurrencySpec } from '../document/limit-spec.ts'
import { countKey } from './count-by.ts'
import { unavailable } from './decisions.ts'
import type { Policy, PolicyDecision } from './policy.ts'
import type { PolicyParts } from './policy-parts.ts'

/** What is in progress under one key, and who waits. */
interface Line {
  inProgress: number
  readonly waiting: Set<Waiter>
}

interface Waiter {
  admit(): void
}

const overloaded = unavailable('overloaded', 'Too many requests are in progress.')

/** Lets a number of requests be in progress at a time, and a few wait. */
export function concurrencyPolicy(name: string, spec: ConcurrencySpec, parts: PolicyParts): Policy {
  const { max, by = 'route', queue = 0, queueMs = 1_000 } = spec
  const keyOf = countKey(by)
  const lines = new Map<string, Line>()

  const leave = (key: string, line: Line): void => {
    const [next] = line.waiting
    if (next) {
      next.admit()
      return
    }
    line.inProgress -= 1
    if (line.inProgress === 0) lines.delete(key)
  }
  const admitted = (key: string, line: Line): PolicyDecision => {
    let isOver = false
    return {
      kind: 'continue',
      release() {
        if (isOver) return
        isOver = true
        leave(key, line)
      },
    }
  }
  const wait = (key: string, line: Line, signal: AbortSignal): Promise<PolicyDecision> =>
    new Promise((resolve) => {
      let timer: Timer | undefined
      const finish = (decision: PolicyDecision): void => {
        line.waiting.delete(waiter)
        timer?.cancel()
        signal.removeEventListener('abort', giveUp)
        resolve(decision)
      }
      const giveUp = (): void => finish(overloaded)
      // The place of the one that left goes to this one: the number in progress stays.
      const waiter: Waiter = { admit: () => finish(admitted(key, line)) }
      line.waiting.add(waiter)
      timer = parts.clock.after(queueMs, giveUp, { ref: false })
      signal.addEventListener('abort', giveUp, { once: true })
    })

  return {
    name,
    kind: 'concurrency',
    identityHeaders: [],
    check(request, context) {
      const key = keyOf(request, context)
      let line = lines.get(key)
      if (line === undefined) {
        line = { inProgress: 0, waiting: new Set() }
        lines.set(key, line)
      }
      if (line.inProgress < max) {
        line.inProgress += 1
        return admitted(key, line)
      }
      return line.waiting.size < queue && !context.signal.aborted ? wait(key, line, context.signal) : overloaded
    },
    state() {
      const all = [...lines.values()]
      return {
        inProgress: all.reduce((sum, line) => sum + line.inProgress, 0),
        waiting: all.reduce((sum, line) => sum + line.waiting.size, 0),
      }
    },
    close() {},
  }
}
