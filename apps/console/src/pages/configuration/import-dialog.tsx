import { useState } from 'react'
import type { InputOf, ResultOf } from '../../api/call.ts'
import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Note } from '../../ui/note.tsx'
import { notify } from '../../ui/toasts.tsx'
import { Affected } from './affected.tsx'
import { configurationMessages } from './messages.ts'
import { useReleaseFields } from './release-fields.tsx'

type Documents = InputOf<'config.import'>['body']['documents']
type Preview = ResultOf<'config.import'>['preview']

/** Releases what differs from an export, after one has seen what that is. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages(configurationMessages)
  const ui = useMessages(uiMessages)
  const [documents, setDocuments] = useState<Documents>()
  const [isBad, setBad] = useState(false)
  const { fields, given } = useReleaseFields()
  const [preview, setPreview] = useState<Preview>()
  const look = useChange('config.import', { onDone: (result) => setPreview(result.preview) })
  const run = useChange('config.import', {
    onDone: ({ releases = [], unchanged = 0 }) => {
      notify(t.imported(releases.length, unchanged))
      onClose()
    },
  })
  const changed = preview?.documents.filter(({ unchanged }) => !unchanged) ?? []
  const read = async (file: File | undefined): Promise<void> => {
    const found = file === undefined ? undefined : documentsOf(await file.text())
    setPreview(undefined)
    setDocuments(found)
    setBad(file !== undefined && found === undefined)
    if (found !== undefined) look.mutate({ body: { documents: found, dryRun: true } })
  }
  const failed = [look.error, run.error].find((error) => error !== null)
  return (
    <Dialog
      title={t.importTitle}
      size="large"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button
            look="primary"
            disabled={documents === undefined || changed.length === 0 || (preview?.problems.length ?? 0) > 0}
            isBusy={run.isPending || look.isPending}
            onClick={() => documents !== undefined && run.mutate({ body: { documents, ...given } })}
          >
            {t.importNow}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p className="muted">{t.importAbout}</p>
        <label className="field">
          {t.importFile}
          <input type="file" accept=".json,application/json" onChange={(event) => void read(event.target.files?.[0])} />
        </label>
        {isBad && <Note tone="bad">{t.importBad}</Note>}
        {failed !== undefined && failed !== null && <ErrorPanel error={failed} />}
        {preview?.problems.map(({ message }) => (
          <Note key={message} tone="bad">
            {message}
          </Note>
        ))}
        {preview !== undefined && (
          <>
            <strong>{t.importWould(changed.length)}</strong>
            <ul className="change-list">
              {changed.map(({ path, release }) => (
                <li key={path} className="foreign">
                  {path} · {t.releaseNumber(release)}
                </li>
              ))}
            </ul>
            <Affected affected={preview.affected} />
            {fields}
          </>
        )}
      </div>
    </Dialog>
  )
}

function documentsOf(text: string): Documents | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const documents: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'documents') : undefined
    if (typeof documents !== 'object' || documents === null) return undefined
    const read: Record<string, { content: string; encoding?: 'utf8' | 'base64' }> = {}
    for (const [path, document] of Object.entries(documents)) {
      const content: unknown = Reflect.get(Object(document), 'content')
      if (typeof content !== 'string') return undefined
      const encoding: unknown = Reflect.get(Object(document), 'encoding')
      read[path] = encoding === 'base64' ? { content, encoding } : { content }
    }
    return read
  } catch {
    return undefined
  }
}
