/** Two changes of one text, brought together line by line. */
export interface MergedText {
  readonly text: string
  /** False: where both changed the same lines, both stand in the text between conflict markers. */
  readonly clean: boolean
}

export interface MergeLabels {
  readonly yours: string
  readonly theirs: string
}

/** Merges what two people made of `base`. Every kind of line end is kept as it is. */
export async function mergeTexts(
  base: string,
  yours: string,
  theirs: string,
  labels: MergeLabels,
): Promise<MergedText> {
  const { diff3Merge } = await import('node-diff3')
  let clean = true
  let text = ''
  const regions = diff3Merge(linesOf(yours), linesOf(base), linesOf(theirs), { excludeFalseConflicts: true })
  for (const { ok, conflict } of regions) {
    if (ok) text += ok.join('')
    if (!conflict) continue
    clean = false
    const lineEnd = conflict.a.concat(conflict.b, conflict.o).some((line) => line.endsWith('\r\n')) ? '\r\n' : '\n'
    const block = (lines: readonly string[]): string => {
      const joined = lines.join('')
      return joined === '' || joined.endsWith('\n') ? joined : joined + lineEnd
    }
    if (text !== '' && !text.endsWith('\n')) text += lineEnd
    text += `<<<<<<< ${labels.yours}${lineEnd}${block(conflict.a)}=======${lineEnd}${block(conflict.b)}>>>>>>> ${labels.theirs}${lineEnd}`
  }
  return { text, clean }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}
