import { useQueries } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useRef, useState } from 'react'
import { call, type ResultOf } from '../../api/call.ts'
import { readPages } from '../../api/read-pages.ts'
import { useMessages } from '../../i18n/language.ts'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Loading } from '../../ui/query-view.tsx'
import '../../ui/tree.css'
import { Marks } from './documents-panel.tsx'
import { configurationMessages } from './messages.ts'

type Level = ResultOf<'config.list'>
type Listed = Level['documents'][number]

type Row =
  | { readonly kind: 'folder'; readonly path: string; readonly depth: number; readonly count: number }
  | { readonly kind: 'document'; readonly path: string; readonly depth: number; readonly document: Listed }
  | { readonly kind: 'more'; readonly path: string; readonly depth: number }
  | { readonly kind: 'loading'; readonly path: string; readonly depth: number }

/** As much of a folder as the hub gives at once. */
const limit = 1_000

/** Folders are read when they are opened, and only the rows in sight are made: 30,000 documents scroll like 30. */
export function DocumentTree({
  onSelect,
  empty,
}: {
  readonly onSelect: (path: string) => void
  readonly empty: ReactNode
}) {
  const t = useMessages(configurationMessages)
  const [open, setOpen] = useState<readonly string[]>([''])
  /** How many pages of a folder are shown. */
  const [pages, setPages] = useState<Readonly<Record<string, number>>>({})
  const levels = useQueries({
    queries: open.map((folder) => ({
      queryKey: ['config.list', 'level', folder, pages[folder] ?? 1],
      queryFn: ({ signal }: { signal: AbortSignal }) => readLevel(folder, pages[folder] ?? 1, signal),
      meta: { topics: ['config', 'waypost/config'] },
      placeholderData: (previous: Level | undefined) => previous,
    })),
  })
  const byFolder = new Map(open.map((folder, index) => [folder, levels[index]?.data]))
  const rows = rowsOf('', 0, byFolder)
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 30,
    overscan: 12,
    getItemKey: (index) => `${rows[index]?.kind}:${rows[index]?.path ?? index}`,
  })
  const failed = levels.find(({ error }) => error !== null)
  if (failed?.error != null) return <ErrorPanel error={failed.error} onRetry={() => void failed.refetch()} />
  const top = byFolder.get('')
  if (top === undefined) return <Loading />
  if (rows.length === 0) return empty
  const toggle = (folder: string): void =>
    setOpen((known) => (known.includes(folder) ? known.filter((each) => each !== folder) : [...known, folder]))
  const act = (row: Row): void => {
    if (row.kind === 'folder') toggle(row.path)
    else if (row.kind === 'document') onSelect(row.path)
    else if (row.kind === 'more') setPages((known) => ({ ...known, [row.path]: (known[row.path] ?? 1) + 1 }))
  }
  const focus = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index))
    setActive(next)
    virtualizer.scrollToIndex(next)
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
    )
  }
  const onKeyDown = (event: KeyboardEvent, row: Row, index: number): void => {
    const isOpen = row.kind === 'folder' && open.includes(row.path)
    if (event.key === 'ArrowDown') focus(index + 1)
    else if (event.key === 'ArrowUp') focus(index - 1)
    else if (event.key === 'Home') focus(0)
    else if (event.key === 'End') focus(rows.length - 1)
    else if (event.key === 'ArrowRight' && row.kind === 'folder') isOpen ? focus(index + 1) : toggle(row.path)
    else if (event.key === 'ArrowLeft') isOpen ? toggle(row.path) : focus(parentOf(rows, index))
    else if (event.key === 'Enter' || event.key === ' ') act(row)
    else return
    event.preventDefault()
  }
  return (
    <div className="tree" role="tree" aria-label={t.tree} ref={scroller} style={{ maxHeight: '64vh' }}>
      <div className="tree-rows" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const isOpen = row.kind === 'folder' ? open.includes(row.path) : undefined
          return (
            <div
              key={key}
              role="treeitem"
              data-index={index}
              aria-level={row.depth + 1}
              aria-expanded={isOpen}
              aria-selected={false}
              tabIndex={index === Math.min(active, rows.length - 1) ? 0 : -1}
              className="tree-row tall"
              style={{ transform: `translateY(${start}px)`, paddingInlineStart: 10 + row.depth * 16 }}
              onClick={() => act(row)}
              onFocus={() => setActive(index)}
              onKeyDown={(event) => onKeyDown(event, row, index)}
            >
              <RowText row={row} isOpen={isOpen === true} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function RowText({ row, isOpen }: { readonly row: Row; readonly isOpen: boolean }) {
  const t = useMessages(configurationMessages)
  if (row.kind === 'loading') return <span className="faint small">…</span>
  if (row.kind === 'more') return <span className="accent">{t.loadMore}</span>
  return (
    <>
      <span className={`tree-twist ${isOpen ? 'open' : ''}`}>
        {row.kind === 'folder' && <Icon name="chevron" size={12} />}
      </span>
      <bdi className="truncate grow" title={row.path}>
        {nameOf(row.path)}
      </bdi>
      {row.kind === 'folder' ? (
        <span className="faint small">{row.count.toLocaleString()}</span>
      ) : (
        <>
          <Marks document={row.document} />
          <span className="faint small release-of">{row.document.release === 0 ? '' : row.document.release}</span>
        </>
      )}
    </>
  )
}

function rowsOf(folder: string, depth: number, levels: ReadonlyMap<string, Level | undefined>): Row[] {
  const level = levels.get(folder)
  if (level === undefined) return [{ kind: 'loading', path: folder, depth }]
  const rows: Row[] = []
  for (const { path, documents: count } of level.folders) {
    rows.push({ kind: 'folder', path, depth, count })
    if (levels.has(path)) rows.push(...rowsOf(path, depth + 1, levels))
  }
  for (const document of level.documents) rows.push({ kind: 'document', path: document.path, depth, document })
  if (level.next !== undefined) rows.push({ kind: 'more', path: folder, depth })
  return rows
}

function readLevel(folder: string, count: number, signal: AbortSignal): Promise<Level> {
  return readPages<Level>(
    count,
    (cursor) => call('config.list', { query: { folder, limit, ...(cursor === undefined ? {} : { cursor }) } }, signal),
    (before, page) => ({
      folders: [...before.folders, ...page.folders],
      documents: [...before.documents, ...page.documents],
    }),
  )
}

function nameOf(path: string): string {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

function parentOf(rows: readonly Row[], index: number): number {
  const depth = rows[index]?.depth ?? 0
  for (let at = index - 1; at >= 0; at--) if ((rows[at]?.depth ?? 0) < depth) return at
  return index
}
