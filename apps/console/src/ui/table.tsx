import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useMessages } from '../i18n/language.ts'
import { useHeldRows } from './held-rows.ts'
import { Icon } from './icon.tsx'
import { uiMessages } from './messages.ts'
import './table.css'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** A track of CSS grid; `minmax(0, 1fr)` unless told otherwise. */
  readonly width?: string
  readonly align?: 'end'
  /** In a narrower table the column is left out; 0 keeps it always. */
  readonly minTableWidth?: number
  /** What to sort by; without it the column cannot be sorted. */
  readonly sort?: (row: Row) => string | number
}

interface TableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  readonly onOpen?: ((row: Row) => void) | undefined
  readonly rowTone?: ((row: Row) => 'bad' | 'warn' | 'faint' | undefined) | undefined
  readonly maxHeight?: string
  readonly empty?: ReactNode
  readonly onEnd?: (() => void) | undefined
  readonly rowHeight?: number
}

/**
 * Rows are made only where one looks: 5,000 scroll like 50. Arrow keys move, Enter opens. Live rows keep their places
 * while a mouse moves over them.
 */
export function Table<Row>(props: TableProps<Row>) {
  const { label, rows, rowKey, onOpen, rowTone, maxHeight = '70vh', empty, onEnd, rowHeight = 38 } = props
  const t = useMessages(uiMessages)
  const scroller = useRef<HTMLDivElement>(null)
  const width = useWidth(scroller)
  const columns = props.columns.filter(({ minTableWidth = 0 }) => width === 0 || width >= minTableWidth)
  const [sorting, setSorting] = useState<{ id: string; isDescending: boolean }>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: columns are made again each time, and sort as before
  const inOrder = useMemo(() => sortRows(rows, props.columns, sorting), [rows, sorting])
  const { rows: sorted, gone, release, isMistaken, ...hand } = useHeldRows(inOrder, rowKey)
  const [active, setActive] = useState(0)
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    getItemKey: (index) => {
      const row = sorted[index]
      return row === undefined ? index : rowKey(row)
    },
  })
  const items = virtualizer.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (onEnd !== undefined && sorted.length > 0 && last >= sorted.length - 15) onEnd()
  }, [last, sorted.length, onEnd])
  if (rows.length === 0 && empty !== undefined) return empty
  const template = columns.map(({ width: track = 'minmax(0, 1fr)' }) => track).join(' ')
  const move = (index: number): void => {
    const next = Math.max(0, Math.min(sorted.length - 1, index))
    setActive(next)
    virtualizer.scrollToIndex(next)
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
    )
  }
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>, index: number): void => {
    if (event.target !== event.currentTarget) return
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12 }
    const step = steps[event.key]
    const row = sorted[index]
    if (step !== undefined) move(index + step)
    else if (event.key === 'Home') move(0)
    else if (event.key === 'End') move(sorted.length - 1)
    else if (event.key === 'Enter' && row !== undefined && onOpen !== undefined) onOpen(row)
    else return
    event.preventDefault()
  }
  return (
    <div className="table-scroller" ref={scroller} style={{ maxHeight }}>
      <div className="table" role="table" aria-label={label} aria-rowcount={sorted.length + 1}>
        <div className="table-head" role="row" style={{ gridTemplateColumns: template }}>
          {columns.map((column) => (
            <HeadCell
              key={column.id}
              column={column}
              sorting={sorting}
              onSort={() => {
                release()
                setSorting({ id: column.id, isDescending: sorting?.id === column.id && !sorting.isDescending })
              }}
              sortLabel={t.sortBy(column.title)}
            />
          ))}
        </div>
        <div
          role="rowgroup"
          className="table-rows"
          style={{ height: virtualizer.getTotalSize() }}
          {...hand}
          onClickCapture={(event) => {
            // A click by the keyboard has no place, and its row goes with the focus.
            if (event.detail === 0 || !isMistaken(event.target)) return
            event.stopPropagation()
            event.preventDefault()
          }}
        >
          {items.map(({ index, key, start, size }) => {
            const row = sorted[index]
            if (row === undefined) return null
            return (
              <div
                key={key}
                role="row"
                data-index={index}
                data-key={rowKey(row)}
                inert={gone.has(rowKey(row))}
                aria-rowindex={index + 2}
                tabIndex={onOpen === undefined ? -1 : index === active ? 0 : -1}
                className={`table-row ${rowTone?.(row) ?? ''} ${onOpen === undefined ? '' : 'opens'}`}
                style={{ gridTemplateColumns: template, transform: `translateY(${start}px)`, height: size }}
                onFocus={() => setActive(index)}
                onKeyDown={(event) => onKeyDown(event, index)}
                onClick={(event) => {
                  const isControl = event.target instanceof Element && event.target.closest('a, button, input, select')
                  if (isControl || getSelection()?.toString() !== '') return
                  release()
                  onOpen?.(row)
                }}
              >
                {columns.map((column) => (
                  <div key={column.id} role="cell" className={`table-cell ${column.align ?? ''}`}>
                    {column.cell(row)}
                  </div>
                ))}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function HeadCell<Row>({
  column,
  sorting,
  onSort,
  sortLabel,
}: {
  readonly column: Column<Row>
  readonly sorting: { id: string; isDescending: boolean } | undefined
  readonly onSort: () => void
  readonly sortLabel: string
}) {
  const isSorted = sorting?.id === column.id
  const direction = isSorted ? (sorting.isDescending ? 'descending' : 'ascending') : undefined
  return (
    <div role="columnheader" className={`table-cell ${column.align ?? ''}`} aria-sort={direction}>
      {column.sort === undefined ? (
        column.title
      ) : (
        <button type="button" className={`sort ${direction ?? ''}`} onClick={onSort} title={sortLabel}>
          {column.title}
          <Icon name="down" size={12} />
        </button>
      )}
    </div>
  )
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: { id: string; isDescending: boolean } | undefined,
): readonly Row[] {
  const by = columns.find(({ id }) => id === sorting?.id)?.sort
  if (by === undefined || sorting === undefined) return rows
  const sign = sorting.isDescending ? -1 : 1
  return rows.toSorted((a, b) => {
    const left = by(a)
    const right = by(b)
    return sign * (left < right ? -1 : left > right ? 1 : 0)
  })
}

function useWidth(element: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    if (element.current === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return width
}
