import { lazy } from 'react'
import type { ResultOf } from '../../api/call.ts'

export type Document = ResultOf<'config.read'>

export const Reader = lazy(async () => ({ default: (await import('../../editor/text-reader.tsx')).TextReader }))

/** Loaded when the first is shown: the editor is larger than the rest of the page. */
export const Editor = lazy(async () => ({ default: (await import('../../editor/text-editor.tsx')).TextEditor }))

export const Diff = lazy(async () => ({ default: (await import('../../editor/diff-view.tsx')).DiffView }))
