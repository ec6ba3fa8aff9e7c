import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'

/** A hand that has not moved for this long is not on its way to a row. */
const restMs = 600
/** What came under a resting hand takes no click before one can have seen it. */
const seenMs = 500

interface Held<Row> {
  readonly rows: readonly Row[]
  /** Keys of rows that are still shown and exist no more. */
  readonly gone: ReadonlySet<string>
}

/** The rows in the places that they have, with their newest values; new ones wait. */
export function heldRows<Row>(held: readonly Row[], rows: readonly Row[], rowKey: (row: Row) => string): Held<Row> {
  const now = new Map(rows.map((row) => [rowKey(row), row]))
  const gone = new Set<string>()
  const shown = held.map((row) => {
    const key = rowKey(row)
    const newest = now.get(key)
    if (newest === undefined) gone.add(key)
    return newest ?? row
  })
  return { rows: shown, gone }
}

const none: ReadonlySet<string> = new Set()

/**
 * Keeps live rows in their places while a mouse moves over them, so that a click finds the row that it was meant for.
 * Rows that came under a mouse that rests take no click for a moment. Fingers cannot be seen before they touch.
 */
export function useHeldRows<Row>(rows: readonly Row[], rowKey: (row: Row) => string) {
  const [held, setHeld] = useState<readonly Row[]>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const pointed = useRef<string>(undefined)
  const changedAtMs = useRef(Number.NEGATIVE_INFINITY)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a key is a property of its row
  const shown = useMemo(
    (): Held<Row> => (held === undefined ? { rows, gone: none } : heldRows(held, rows, rowKey)),
    [held, rows],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that are other ones have changed
  useEffect(() => {
    changedAtMs.current = performance.now()
  }, [shown])
  useEffect(() => () => clearTimeout(timer.current), [])
  const release = (): void => {
    clearTimeout(timer.current)
    setHeld(undefined)
  }
  return {
    ...shown,
    /** Somebody has chosen: what comes next is what they asked for. */
    release,
    onPointerMove: (event: PointerEvent): void => {
      if (event.pointerType === 'touch') return
      pointed.current = keyAt(event.target)
      if (held === undefined) setHeld(rows)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => setHeld(undefined), restMs)
    },
    onPointerLeave: (): void => {
      pointed.current = undefined
      release()
    },
    /** Whether a click is meant for a row that was here until a moment ago. */
    isMistaken: (target: EventTarget): boolean =>
      pointed.current !== undefined &&
      keyAt(target) !== pointed.current &&
      performance.now() - changedAtMs.current < seenMs,
  }
}

function keyAt(target: EventTarget): string | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-key]') : null
  return row?.dataset.key
}
