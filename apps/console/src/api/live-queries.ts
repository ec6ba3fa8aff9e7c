import { QueryClient } from '@tanstack/react-query'
import { liveState, onLiveEvent } from '../live/live-store.ts'
import { ApiError } from './api-error.ts'

/** Pages are read again at most this often, however often things change. */
const flushMs = 400
/** After what took long to read, the page rests that many times as long: it stays quick while very much changes. */
const restFactor = 3
const maxRestMs = 3_000
/** Where the user may not follow changes, everything is read again this often. */
export const pollMs = 15_000

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 120_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 1 && error instanceof ApiError && error.code === 'network',
      retryDelay: 500,
    },
    mutations: { retry: false },
  },
})

const dirty = new Set<string>()
let isAllDirty = false
let timer: ReturnType<typeof setTimeout> | undefined
let restsUntilMs = 0

/** Reads again whatever the stream says has changed; everything, when the stream had a gap. */
export function followChanges(): void {
  onLiveEvent(({ name, data }) => {
    if (name === 'snapshot' || name === 'reset') isAllDirty = true
    else if (name === 'change') {
      const topics = topicsOf(data)
      if (topics.includes('*')) isAllDirty = true
      for (const topic of topics) dirty.add(topic)
    } else return
    schedule(flushMs)
  })
  setInterval(() => {
    if (liveState().phase !== 'not-allowed') return
    isAllDirty = true
    schedule(0)
  }, pollMs)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && (isAllDirty || dirty.size > 0)) schedule(0)
  })
}

function schedule(ms: number): void {
  if (timer === undefined) timer = setTimeout(flush, Math.max(ms, restsUntilMs - performance.now()))
}

/** A page that nobody sees waits until it is seen; what is being read at this moment is read once more afterwards. */
function flush(): void {
  timer = undefined
  if (document.visibilityState === 'hidden') return
  const topics = isAllDirty ? undefined : new Set(dirty)
  isAllDirty = false
  dirty.clear()
  const reads: Promise<unknown>[] = []
  for (const query of queryClient.getQueryCache().getAll()) {
    const wanted = topicsWanted(query.meta)
    if (wanted === undefined && topics !== undefined) continue
    if (topics !== undefined && !wanted?.some((topic) => matches(topic, topics))) continue
    if (query.state.fetchStatus !== 'idle') {
      for (const topic of wanted ?? []) dirty.add(topic)
      schedule(flushMs)
    } else if (query.isActive()) reads.push(query.fetch())
    else query.invalidate()
  }
  if (reads.length > 0) void rest(reads)
}

async function rest(reads: readonly Promise<unknown>[]): Promise<void> {
  const beganMs = performance.now()
  await Promise.allSettled(reads)
  const nowMs = performance.now()
  restsUntilMs = nowMs + Math.min(maxRestMs, restFactor * (nowMs - beganMs))
}

/** What a query is about. It is read again when one of its topics changes: `services`, or only `services/user`. */
function topicsWanted(meta: Readonly<Record<string, unknown>> | undefined): readonly string[] | undefined {
  const topics = meta?.topics
  return Array.isArray(topics) ? topics.filter((topic) => typeof topic === 'string') : undefined
}

function matches(wanted: string, changed: ReadonlySet<string>): boolean {
  if (changed.has(wanted)) return true
  for (const topic of changed) if (topic.startsWith(`${wanted}/`) || wanted.startsWith(`${topic}/`)) return true
  return false
}

function topicsOf(data: string): string[] {
  const value: unknown = JSON.parse(data)
  const topics = typeof value === 'object' && value !== null ? Reflect.get(value, 'topics') : undefined
  return Array.isArray(topics) ? topics.filter((topic) => typeof topic === 'string') : []
}
