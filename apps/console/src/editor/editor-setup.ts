import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { lintGutter, lintKeymap } from '@codemirror/lint'
import { highlightSelectionMatches } from '@codemirror/search'
import type { Extension } from '@codemirror/state'
import { highlightActiveLine, highlightActiveLineGutter, keymap } from '@codemirror/view'
import { readerSetup } from './reader-setup.ts'

/** How long Tab leaves the editor after Esc, in milliseconds. */
const tabLeavesMs = 10_000

/**
 * Everything that an editor of configuration needs. Esc and then Tab leaves it with the keyboard; the Esc of an editor
 * closes no dialog around it.
 */
export function editorSetup(path: string): Extension {
  return [
    readerSetup(path),
    history(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    indentUnit.of('  '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    lintGutter(),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
      indentWithTab,
      {
        key: 'Escape',
        run: (view) => {
          view.setTabFocusMode(tabLeavesMs)
          return true
        },
      },
    ]),
  ]
}
