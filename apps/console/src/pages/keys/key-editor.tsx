import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { notify } from '../../ui/toasts.tsx'
import { keysMessages } from './messages.ts'

export interface KeyDraft {
  readonly text: string
  readonly original: string
  /** The revision that it is a change of. */
  readonly modRevision: string
}

/**
 * A new value. Where somebody else was faster, it shows theirs with a button of its own that replaces it: "Save" never
 * turns into that while a pointer is on its way to it. What is replaced is what is shown: a third value is shown only
 * when one asks for it. All of it comes below what one types and clicks, which stays where it is.
 */
export function KeyEditor({
  name,
  kv,
  draft,
  onChange,
  onDone,
}: {
  readonly name: string
  readonly kv: ResultOf<'keys.read'>
  readonly draft: KeyDraft
  readonly onChange: (draft: KeyDraft) => void
  readonly onDone: () => void
}) {
  const t = useMessages(keysMessages)
  const put = useChange('keys.put', {
    onDone: () => {
      notify(t.saved(name))
      onDone()
    },
  })
  const [theirs, setTheirs] = useState<ResultOf<'keys.read'>>()
  if (theirs === undefined && !put.isPending && kv.modRevision !== draft.modRevision) setTheirs(kv)
  const save = (expectedModRevision: string): void =>
    put.mutate({
      params: { key: name },
      query: {},
      body: { value: draft.text, expectedModRevision, ...(kv.lease === undefined ? {} : { lease: kv.lease }) },
    })
  return (
    <>
      {put.error !== null && <ErrorPanel error={put.error} />}
      <TextArea
        label={t.value}
        hint={t.saveHint}
        rows={14}
        className="mono"
        spellCheck={false}
        value={draft.text}
        onChange={(text) => onChange({ ...draft, text })}
      />
      <div className="row wrap">
        <Button look="primary" isBusy={put.isPending} onClick={() => save(draft.modRevision)}>
          {t.save}
        </Button>
        <Button onClick={onDone}>{t.discard}</Button>
      </div>
      {theirs !== undefined && (
        <Note tone="warn">
          <div className="stack tight">
            {t.changedMeanwhile(theirs.modRevision)}
            <CodeBlock code={theirs.value ?? ''} />
            <div className="row wrap">
              <Button look="danger" isBusy={put.isPending} onClick={() => save(theirs.modRevision)}>
                {t.editAnyway}
              </Button>
              {theirs.modRevision !== kv.modRevision && (
                <Button onClick={() => setTheirs(kv)}>{t.showNewer(kv.modRevision)}</Button>
              )}
            </div>
          </div>
        </Note>
      )}
    </>
  )
}
