import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import './editor.css'
import { readerSetup } from './reader-setup.ts'
import { shadowOf } from './shadow.ts'

/** A document to read. What an editor needs beyond that is loaded when somebody edits. */
export function TextReader({
  label,
  path,
  text,
}: {
  readonly label: string
  /** Decides the language. */
  readonly path: string
  readonly text: string
}) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return
    const root = shadowOf(host.current)
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          readerSetup(path),
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label }),
        ],
      }),
    })
    return () => view.destroy()
  }, [path, label, text])
  return <div ref={host} className="editor reader" />
}
