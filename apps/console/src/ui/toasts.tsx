import { useSyncExternalStore } from 'react'
import { useMessages } from '../i18n/language.ts'
import { Button, IconButton } from './button.tsx'
import { uiMessages } from './messages.ts'
import './toasts.css'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'ok' | 'bad'
  readonly onUndo: (() => void) | undefined
}

/**
 * How long a notice stays. One with an undo stays longer. While one points at notices, none goes and none comes: an undo
 * is never that of another one when it is clicked.
 */
const stayMs = 5_000
const undoStayMs = 12_000

let toasts: readonly Toast[] = []
let lastId = 0
/** What is to be done once nobody points at them any more. */
let postponed: (() => void)[] | undefined
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Says that something was done, for a few seconds, with a way back where there is one. */
export function notify(text: string, { tone = 'ok', onUndo }: { tone?: 'ok' | 'bad'; onUndo?: () => void } = {}): void {
  lastId += 1
  const id = lastId
  unlessPointedAt(() => set([...toasts.slice(-3), { id, text, tone, onUndo }]))
  setTimeout(() => unlessPointedAt(() => dismiss(id)), onUndo === undefined ? stayMs : undoStayMs)
}

function unlessPointedAt(change: () => void): void {
  if (postponed === undefined) change()
  else postponed.push(change)
}

function pointAt(): void {
  postponed ??= []
}

function leave(): void {
  const changes = postponed ?? []
  postponed = undefined
  for (const change of changes) change()
}

function dismiss(id: number): void {
  set(toasts.filter((toast) => toast.id !== id))
}

export function Toasts() {
  const t = useMessages(uiMessages)
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <section
      className="toasts"
      aria-label={t.notifications}
      aria-live="polite"
      onPointerEnter={pointAt}
      onPointerLeave={leave}
    >
      {shown.map(({ id, text, tone, onUndo }) => (
        <div key={id} className={`toast ${tone}`}>
          <span className="grow foreign">{text}</span>
          {onUndo !== undefined && (
            <Button
              look="ghost"
              icon="undo"
              onClick={() => {
                dismiss(id)
                leave()
                onUndo()
              }}
            >
              {t.undo}
            </Button>
          )}
          <IconButton
            icon="close"
            label={t.close}
            onClick={() => {
              dismiss(id)
              leave()
            }}
          />
        </div>
      ))}
    </section>
  )
}
