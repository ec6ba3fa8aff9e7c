import { Suspense, useState } from 'react'
import { ApiError } from '../../api/api-error.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Note } from '../../ui/note.tsx'
import { Loading } from '../../ui/query-view.tsx'
import { notify } from '../../ui/toasts.tsx'
import { Affected } from './affected.tsx'
import { type Conflict, ConflictView, conflictOf } from './conflict.tsx'
import { useConsent } from './consent.tsx'
import { Diff, type Document } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'
import { useReleaseFields } from './release-fields.tsx'

/**
 * What one is about to do, before it is done: the difference, who changes, who would break. Then it is a release of
 * what was shown when it was opened. Where something would break, the button waits for a word of its own: it never
 * turns into another one.
 */
export function PublishDialog({
  path,
  document,
  change,
  base,
  onMerged,
  onDone,
  onClose,
}: {
  readonly path: string
  readonly document: Document
  readonly change: { readonly content: string } | { readonly delete: true }
  /** The release that it is a change of. */
  readonly base: number
  readonly onMerged: (text: string, release: number) => void
  readonly onDone: () => void
  readonly onClose: () => void
}) {
  const t = useMessages(configurationMessages)
  const ui = useMessages(uiMessages)
  const deletes = 'delete' in change
  const preview = useOperation('config.validate', { params: { path }, body: { ...change } })
  const { fields, given } = useReleaseFields()
  const [conflict, setConflict] = useState<Conflict>()
  const published = useChange('config.publish')
  const deleted = useChange('config.delete')
  const [reviewed] = useState({ base, before: document.content ?? '' })
  const { data } = preview
  const { breaks, isAccepted, consent } = useConsent(data?.affected)
  const isRefused = (data?.problems.length ?? 0) > 0
  const error = [published.error, deleted.error].find((each) => each !== null && conflictOf(each) === undefined)
  const go = async (): Promise<void> => {
    const how = { ...given, expectedRelease: reviewed.base, ...(breaks ? { validate: 'stored' as const } : {}) }
    try {
      const result = deletes
        ? await deleted.mutateAsync({ params: { path }, query: how })
        : await published.mutateAsync({ params: { path }, body: { ...change, ...how } })
      if (result.unchanged) notify(t.unchanged(path))
      else notify(deletes ? t.deleted(path) : t.published(path, result.release))
      onDone()
    } catch (failure) {
      setConflict(failure instanceof ApiError ? conflictOf(failure) : undefined)
    }
  }
  if (conflict !== undefined) {
    return <ConflictView path={path} conflict={conflict} onTake={onMerged} onClose={onClose} />
  }
  return (
    <Dialog
      title={deletes ? t.deleteTitle(path) : t.reviewTitle(path)}
      size="large"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button
            look={deletes || breaks ? 'danger' : 'primary'}
            disabled={data === undefined || isRefused || !isAccepted}
            isBusy={published.isPending || deleted.isPending}
            onClick={() => void go()}
          >
            {deletes ? t.deleteNow : t.publish}
          </Button>
        </>
      }
    >
      <div className="stack">
        {deletes && <Note>{t.deleteAbout}</Note>}
        {error !== undefined && error !== null && <ErrorPanel error={error} />}
        {preview.error !== null && <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />}
        {isRefused && (
          <Note tone="bad">
            <strong>{t.problems}</strong>
            <ul>
              {data?.problems.map(({ message }) => (
                <li key={message} className="foreign">
                  {message}
                </li>
              ))}
            </ul>
          </Note>
        )}
        {data?.needsApproval && <Note tone="warn">{t.needsApproval}</Note>}
        {document.release > reviewed.base && <Note tone="warn">{t.newerRelease(document.release)}</Note>}
        <div>
          <h3>{t.difference}</h3>
          <Suspense fallback={<Loading />}>
            <Diff
              path={path}
              before={reviewed.before}
              after={deletes ? '' : change.content}
              label={t.diffLabel}
              height="38vh"
            />
          </Suspense>
        </div>
        {data === undefined ? <p className="muted">{t.checking}</p> : <Affected affected={data.affected} />}
        {consent}
        {fields}
      </div>
    </Dialog>
  )
}
