import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react'
import { Icon } from './icon.tsx'
import { buildTree, type TreeNode, visibleNodes } from './tree-model.ts'
import './tree.css'

interface TreeProps {
  readonly label: string
  /** Paths with `/` between their parts, sorted or not. */
  readonly paths: readonly string[]
  readonly selected?: string | undefined
  readonly onSelect: (path: string) => void
  /** Behind the name of a document. */
  readonly mark?: ((path: string) => ReactNode) | undefined
  /** While one searches, everything that was found is open. */
  readonly isAllOpen?: boolean
  readonly height?: string
}

/** A tree that makes only the rows one sees. Arrow keys as in every tree: right opens, left closes or goes up. */
export function Tree({ label, paths, selected, onSelect, mark, isAllOpen = false, height = '70vh' }: TreeProps) {
  const root = useMemo(() => buildTree(paths), [paths])
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(ancestors(selected ?? '')))
  const nodes = useMemo(() => visibleNodes(root, isAllOpen ? undefined : open), [root, open, isAllOpen])
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(0)
  const virtualizer = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 12,
    getItemKey: (index) => nodes[index]?.path ?? index,
  })
  const focus = (index: number): void => {
    const next = Math.max(0, Math.min(nodes.length - 1, index))
    setActive(next)
    virtualizer.scrollToIndex(next)
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
    )
  }
  const toggle = (path: string): void => {
    const next = new Set(open)
    if (!next.delete(path)) next.add(path)
    setOpen(next)
  }
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const node = nodes[index]
    if (node === undefined) return
    const isOpen = node.isFolder && (isAllOpen || open.has(node.path))
    if (event.key === 'ArrowDown') focus(index + 1)
    else if (event.key === 'ArrowUp') focus(index - 1)
    else if (event.key === 'Home') focus(0)
    else if (event.key === 'End') focus(nodes.length - 1)
    else if (event.key === 'ArrowRight' && node.isFolder) isOpen ? focus(index + 1) : toggle(node.path)
    else if (event.key === 'ArrowLeft') isOpen ? toggle(node.path) : focus(parentIndex(nodes, index))
    else if (event.key === 'Enter' || event.key === ' ') node.isFolder ? toggle(node.path) : onSelect(node.path)
    else return
    event.preventDefault()
  }
  return (
    <div className="tree" role="tree" aria-label={label} ref={scroller} style={{ height }}>
      <div className="tree-rows" role="presentation" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const node = nodes[index]
          if (node === undefined) return null
          const isOpen = node.isFolder ? isAllOpen || open.has(node.path) : undefined
          return (
            <div
              key={key}
              role="treeitem"
              data-index={index}
              aria-level={node.depth + 1}
              aria-expanded={isOpen}
              aria-selected={!node.isFolder && node.path === selected}
              tabIndex={index === Math.min(active, nodes.length - 1) ? 0 : -1}
              className="tree-row"
              style={{ transform: `translateY(${start}px)`, paddingInlineStart: 8 + node.depth * 14 }}
              onClick={() => (node.isFolder ? toggle(node.path) : onSelect(node.path))}
              onFocus={() => setActive(index)}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              <span className={`tree-twist ${isOpen ? 'open' : ''}`}>
                {node.isFolder && <Icon name="chevron" size={12} />}
              </span>
              <bdi className="truncate grow" title={node.path}>
                {node.name}
              </bdi>
              {node.isFolder ? <span className="faint small">{node.count.toLocaleString()}</span> : mark?.(node.path)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function ancestors(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

function parentIndex(nodes: readonly TreeNode[], index: number): number {
  const depth = nodes[index]?.depth ?? 0
  for (let at = index - 1; at >= 0; at--) if ((nodes[at]?.depth ?? 0) < depth) return at
  return index
}
