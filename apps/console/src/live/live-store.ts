import { useSyncExternalStore } from 'react'
import { type LiveState, LiveStream } from './live-stream.ts'
import type { SseEvent } from './sse-parser.ts'

/**
 * One stream for all tabs of a browser: the tab that holds the lock has the connection, and tells the others over a
 * channel. When it is closed, the lock goes to the next tab, which resumes where the stream was.
 */
const lockName = 'waypost.live'
const channel = new BroadcastChannel('waypost.live')

type Message =
  | { readonly kind: 'state'; readonly state: LiveState }
  | { readonly kind: 'event'; readonly event: SseEvent }
  | { readonly kind: 'hello' }
  | { readonly kind: 'retry' }

let state: LiveState = { phase: 'connecting', staleSinceMs: undefined, revision: undefined }
let stream: LiveStream | undefined
let isStarted = false
const stateListeners = new Set<() => void>()
const eventListeners = new Set<(event: SseEvent) => void>()

/** Begins to follow; further calls change nothing. */
export function startLive(url: string): void {
  if (isStarted) return
  isStarted = true
  channel.onmessage = ({ data }: MessageEvent<Message>) => hear(data)
  channel.postMessage({ kind: 'hello' } satisfies Message)
  void navigator.locks.request(lockName, () => lead(url))
}

/** The hub is asked again at once, by whichever tab has the stream. */
export function retryLive(): void {
  stream?.retryNow()
  if (stream === undefined) channel.postMessage({ kind: 'retry' } satisfies Message)
}

export function liveState(): LiveState {
  return state
}

export function useLiveState(): LiveState {
  return useSyncExternalStore((listener) => {
    stateListeners.add(listener)
    return () => stateListeners.delete(listener)
  }, liveState)
}

/** Calls the listener for every event. Returns the function that stops. */
export function onLiveEvent(listener: (event: SseEvent) => void): () => void {
  eventListeners.add(listener)
  return () => eventListeners.delete(listener)
}

/** Holds the lock for as long as the tab lives. */
function lead(url: string): Promise<never> {
  stream = new LiveStream({
    url,
    onState: (next) => {
      setState(next)
      channel.postMessage({ kind: 'state', state: next } satisfies Message)
    },
    onEvent: (event) => {
      tell(event)
      channel.postMessage({ kind: 'event', event } satisfies Message)
    },
  })
  stream.start()
  return new Promise(() => undefined)
}

function hear(message: Message): void {
  if (message.kind === 'state') setState(message.state)
  else if (message.kind === 'event') tell(message.event)
  else if (stream === undefined) return
  else if (message.kind === 'hello') channel.postMessage({ kind: 'state', state } satisfies Message)
  else stream.retryNow()
}

function setState(next: LiveState): void {
  if (next.phase === state.phase && next.staleSinceMs === state.staleSinceMs && next.revision === state.revision) return
  state = next
  for (const listener of stateListeners) listener()
}

function tell(event: SseEvent): void {
  for (const listener of eventListeners) listener(event)
}
