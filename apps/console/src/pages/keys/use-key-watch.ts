import { useEffect, useState } from 'react'
import { urlOf } from '../../api/call.ts'
import { followStream } from '../../live/follow-stream.ts'

export interface KeyEvent {
  readonly id: string
  readonly type: 'put' | 'delete'
  readonly key: string
  readonly modRevision: string
  readonly value: string
  readonly atMs: number
}

/** The most that are shown; older ones go. */
const maxEvents = 500

/** What happens to the keys below a prefix from now on, the newest first; and why it is told no longer. */
export function useKeyWatch(prefix: string): { readonly events: readonly KeyEvent[]; readonly error: unknown } {
  const [events, setEvents] = useState<readonly KeyEvent[]>([])
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    const ended = new AbortController()
    setEvents([])
    setError(undefined)
    followStream(urlOf('keys.watch', { query: { prefix, watch: true } }), ended.signal, ({ name, data, id = '' }) => {
      if (name !== 'change') return
      const seen = eventsIn(data, id)
      setEvents((known) => [...seen.toReversed(), ...known].slice(0, maxEvents))
    }).catch((thrown: unknown) => {
      if (!ended.signal.aborted) setError(thrown)
    })
    return () => ended.abort()
  }, [prefix])
  return { events, error }
}

function eventsIn(data: string, id: string): readonly KeyEvent[] {
  const { events }: { events: readonly Partial<KeyEvent>[] } = JSON.parse(data)
  const atMs = Date.now()
  return events.map(({ type = 'put', key = '', modRevision = id, value = '' }, index) => ({
    id: `${id}.${index}`,
    type,
    key,
    modRevision,
    value,
    atMs,
  }))
}
