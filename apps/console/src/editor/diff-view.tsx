import { MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import './editor.css'
import { readerSetup } from './reader-setup.ts'
import { shadowOf } from './shadow.ts'

/** Two texts side by side; one above the other on a narrow screen. What is equal is folded. */
export function DiffView({
  path,
  before,
  after,
  height = '56vh',
  label,
}: {
  readonly path: string
  readonly before: string
  readonly after: string
  readonly height?: string
  readonly label: string
}) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return
    const root = shadowOf(host.current)
    const reading = [
      readerSetup(path),
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ 'aria-label': label }),
    ]
    const collapseUnchanged = { margin: 3, minSize: 6 }
    if (host.current.clientWidth < 640) {
      const view = new EditorView({
        root,
        parent: root,
        doc: after,
        extensions: [
          reading,
          unifiedMergeView({ original: before, mergeControls: false, gutter: true, collapseUnchanged }),
        ],
      })
      return () => view.destroy()
    }
    const view = new MergeView({
      root,
      parent: root,
      a: { doc: before, extensions: reading },
      b: { doc: after, extensions: reading },
      collapseUnchanged,
      gutter: true,
    })
    return () => view.destroy()
  }, [path, before, after, label])
  return <div ref={host} className="editor diff" style={{ maxHeight: height }} />
}
