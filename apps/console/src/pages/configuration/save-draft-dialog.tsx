import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { notify } from '../../ui/toasts.tsx'
import { configurationMessages } from './messages.ts'
import { useReleaseFields } from './release-fields.tsx'

/** Proposes a text, for others to look at. */
export function SaveDraftDialog({
  path,
  content,
  base,
  onDone,
  onClose,
}: {
  readonly path: string
  readonly content: string
  readonly base: number
  readonly onDone: () => void
  readonly onClose: () => void
}) {
  const t = useMessages(configurationMessages)
  const ui = useMessages(uiMessages)
  const { fields, given, hasAuthor } = useReleaseFields()
  const save = useChange('config.saveDraft', {
    onDone: () => {
      notify(t.draftSaved(path))
      onDone()
    },
  })
  return (
    <Dialog
      title={t.saveDraft}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button
            look="primary"
            disabled={!hasAuthor}
            isBusy={save.isPending}
            onClick={() => save.mutate({ params: { path }, body: { content, base, ...given } })}
          >
            {t.saveDraftNow}
          </Button>
        </>
      }
    >
      <div className="stack">
        {save.error !== null && <ErrorPanel error={save.error} />}
        {fields}
      </div>
    </Dialog>
  )
}
