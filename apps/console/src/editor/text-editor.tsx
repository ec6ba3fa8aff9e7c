import { autocompletion, type CompletionSource } from '@codemirror/autocomplete'
import { type Diagnostic, linter } from '@codemirror/lint'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import './editor.css'
import { editorSetup } from './editor-setup.ts'
import { schemaCompletion } from './schema-completion.ts'
import { shadowOf } from './shadow.ts'

interface TextEditorProps {
  readonly label: string
  /** Decides the language. */
  readonly path: string
  readonly text: string
  readonly onChange?: (text: string) => void
  /** JSON Schema of the document: names and values are offered as one types. */
  readonly schema?: unknown
  /** Asked a moment after the last key. */
  readonly check?: (text: string) => Promise<readonly TextProblem[]>
  readonly height?: string
}

/** Something that is wrong in a text, at a line and column that begin with 1. */
export interface TextProblem {
  readonly message: string
  readonly line?: number | undefined
  readonly column?: number | undefined
  readonly severity?: 'error' | 'warning'
}

const fromOutside = Annotation.define<boolean>()

/** An editor for one document. It is loaded when the first is shown. */
export function TextEditor(props: TextEditorProps) {
  const { label, path, text, schema, height = '56vh' } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef(props)
  latest.current = props
  const completion = useRef(new Compartment())
  useEffect(() => {
    if (host.current === null) return
    const root = shadowOf(host.current)
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          editorSetup(path),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          completion.current.of(completionOf(latest.current.schema, path)),
          latest.current.check === undefined
            ? []
            : linter((editorView) => diagnose(editorView, latest.current.check), { delay: 500 }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((step) => step.annotation(fromOutside))) return
            latest.current.onChange?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
  }, [path, label])
  useEffect(() => {
    const editor = view.current
    if (editor === undefined || editor.state.doc.toString() === text) return
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: text },
      annotations: fromOutside.of(true),
    })
  }, [text])
  useEffect(() => {
    view.current?.dispatch({ effects: completion.current.reconfigure(completionOf(schema, path)) })
  }, [schema, path])
  return <div ref={host} className="editor" style={{ height }} />
}

function completionOf(schema: unknown, path: string) {
  if (schema === undefined || schema === null) return []
  const source: CompletionSource = schemaCompletion(schema, path)
  return autocompletion({ override: [source] })
}

async function diagnose(
  view: EditorView,
  check: ((text: string) => Promise<readonly TextProblem[]>) | undefined,
): Promise<readonly Diagnostic[]> {
  const { doc } = view.state
  const problems = (await check?.(doc.toString())) ?? []
  if (view.state.doc !== doc) return []
  return problems.map(({ message, line = 1, column, severity = 'error' }) => {
    const at = doc.line(Math.max(1, Math.min(doc.lines, line)))
    const from = Math.min(at.to, at.from + Math.max(0, (column ?? 1) - 1))
    return { from, to: Math.max(from, at.to), severity, message }
  })
}
