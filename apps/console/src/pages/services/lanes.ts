import type { Event } from '../../timeline/event.tsx'

const states = ['starting', 'up', 'leaving', 'disabled', 'gone'] as const

export type LaneState = (typeof states)[number]

/** A stretch of time in which an instance was in one state; as parts of the whole, from 0 to 1. */
export interface Stretch {
  readonly state: LaneState
  readonly from: number
  readonly to: number
}

export interface Lane {
  readonly instance: string
  readonly stretches: readonly Stretch[]
}

export interface Lanes {
  readonly fromMs: number
  readonly lanes: readonly Lane[]
}

/** What the events of a service, the newest first, say of each instance between the first of them and now. */
export function lanesOf(events: readonly Event[], nowMs: number): Lanes {
  const inOrder = events.filter(({ instance }) => instance !== undefined).toReversed()
  const fromMs = Math.min(nowMs, ...inOrder.slice(0, 1).map(({ at }) => Date.parse(at)))
  const spanMs = Math.max(1, nowMs - fromMs)
  const drawn = new Map<string, LaneBuilder>()
  for (const event of inOrder) {
    const { instance = '' } = event
    const lane = drawn.get(instance) ?? new LaneBuilder(event)
    drawn.set(instance, lane)
    lane.take(event, Math.min(1, (Date.parse(event.at) - fromMs) / spanMs))
  }
  const lanes = [...drawn].map(([instance, lane]) => ({ instance, stretches: lane.end() }))
  return { fromMs, lanes: lanes.toSorted((a, b) => (a.instance < b.instance ? -1 : 1)) }
}

/** What an instance says of itself, and what an operator says of it: the operator goes first. */
class LaneBuilder {
  readonly #done: Stretch[] = []
  #own: LaneState
  #operator: LaneState | undefined
  #from = 0

  /** The first event tells what was before it. An operator acts on what is there. */
  constructor({ kind, was }: Event) {
    const isOverride = kind.startsWith('override.')
    this.#own = isOverride ? 'up' : (stateIn(was) ?? 'gone')
    this.#operator = isOverride ? stateIn(was) : undefined
  }

  get #state(): LaneState {
    return this.#own === 'gone' ? 'gone' : (this.#operator ?? this.#own)
  }

  take({ kind, now }: Event, at: number): void {
    const before = this.#state
    if (kind.startsWith('override.')) this.#operator = stateIn(now)
    else if (kind.startsWith('instance.')) this.#own = stateIn(now) ?? 'gone'
    if (this.#state !== before) this.#close(before, at)
  }

  /** Until now it is what the last event made it. */
  end(): readonly Stretch[] {
    this.#close(this.#state, 1)
    return this.#done
  }

  #close(state: LaneState, to: number): void {
    if (state !== 'gone' && to > this.#from) this.#done.push({ state, from: this.#from, to })
    this.#from = to
  }
}

function stateIn(facts: Readonly<Record<string, unknown>> | undefined): LaneState | undefined {
  return states.find((state) => state === facts?.status)
}
