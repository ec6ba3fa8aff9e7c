import { describe, expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import { WaypostError } from './errors.ts'
import { WaitLimit } from './wait-limit.ts'

/** A clock whose one timer fires when told to. */
function manualClock(): { clock: Clock; fire(): void; readonly isArmed: boolean } {
  let armed: (() => void) | undefined
  const cancel = (): void => {
    armed = undefined
  }
  return {
    clock: {
      monotonicMs: () => 0,
      epochMs: () => 0,
      after: (_delayMs, callback) => {
        armed = callback
        return { cancel }
      },
    },
    fire: () => armed?.(),
    get isArmed() {
      return armed !== undefined
    },
  }
}

const late = (): WaypostError => new WaypostError('deadline-exceeded', 'Too late.')
const own = new Error('its own')

describe('WaitLimit', () => {
  it('says that the time was up, whatever the work made of it', () => {
    const time = manualClock()
    using limit = new WaitLimit({ timeoutMs: 5 }, time.clock, late)
    expect(limit.reason(own)).toBe(own)
    time.fire()
    expect(limit.signal?.reason).toMatchObject({ code: 'deadline-exceeded' })
    expect(limit.reason(own)).toBe(limit.signal?.reason)
  })

  it('says that the caller aborted, and not that it was late afterwards', () => {
    const time = manualClock()
    const caller = new AbortController()
    using limit = new WaitLimit({ signal: caller.signal, timeoutMs: 5 }, time.clock, late)
    caller.abort('enough')
    time.fire()
    expect(limit.reason(own)).toMatchObject({ code: 'aborted', cause: 'enough' })
  })

  it('costs neither a signal nor a timer without a limit, and leaves none behind', () => {
    const time = manualClock()
    for (const timeoutMs of [undefined, Number.POSITIVE_INFINITY]) {
      using limit = new WaitLimit({ timeoutMs }, time.clock, late)
      expect(limit.signal).toBeUndefined()
      expect(time.isArmed).toBe(false)
    }
    new WaitLimit({ timeoutMs: 5 }, time.clock, late)[Symbol.dispose]()
    expect(time.isArmed).toBe(false)
  })
})
