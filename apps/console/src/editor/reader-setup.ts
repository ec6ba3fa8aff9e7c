import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { foldGutter, foldKeymap, HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { properties } from '@codemirror/legacy-modes/mode/properties'
import { toml } from '@codemirror/legacy-modes/mode/toml'
import { searchKeymap } from '@codemirror/search'
import type { Extension } from '@codemirror/state'
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** Colours come from the tokens of the page, which reach into the editor's shadow tree. */
const look = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '13px', height: '100%' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--surface-2)', color: 'var(--text-3)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 7%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)',
  },
  '.cm-specialChar': { color: 'var(--bad)' },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--surface)',
    color: 'var(--text)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent-bg)', color: 'var(--text)' },
  '.cm-completionInfo': { maxWidth: '340px', padding: '6px 10px' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--ok-bg)' },
  '.cm-deletedChunk, .cm-deletedLine': { backgroundColor: 'var(--bad-bg)' },
  '.cm-changedText, .cm-insertedText': { background: 'color-mix(in srgb, var(--ok) 26%, transparent)' },
  '.cm-deletedText': { background: 'color-mix(in srgb, var(--bad) 26%, transparent)' },
  '.cm-collapsedLines': { background: 'var(--surface-2)', color: 'var(--text-2)' },
})

const words = syntaxHighlighting(
  HighlightStyle.define([
    { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.attributeName], color: 'var(--accent)' },
    { tag: [tags.string, tags.special(tags.string)], color: 'light-dark(#0b6b3a, #7fd6a8)' },
    { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'light-dark(#8f3d00, #f0b27a)' },
    { tag: tags.comment, color: 'var(--text-3)', fontStyle: 'italic' },
    { tag: [tags.keyword, tags.heading, tags.typeName], color: 'light-dark(#6b21a8, #c9a2ff)' },
    { tag: tags.invalid, color: 'var(--bad)' },
  ]),
)

/** How the text of a document is coloured and indented, by the ending of its path. */
function languageOf(path: string): Extension {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase()
  if (ending === 'yaml' || ending === 'yml') return yaml()
  if (ending === 'json') return json()
  if (ending === 'toml') return StreamLanguage.define(toml)
  if (ending === 'properties' || ending === 'env') return StreamLanguage.define(properties)
  return []
}

/** What reads only: a document that nobody edits, and differences. */
export function readerSetup(path: string): Extension {
  return [
    lineNumbers(),
    foldGutter(),
    highlightSpecialChars(),
    drawSelection(),
    EditorView.lineWrapping,
    keymap.of([...searchKeymap, ...foldKeymap]),
    languageOf(path),
    look,
    words,
  ]
}
