import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { notify } from '../../ui/toasts.tsx'
import { keysMessages } from './messages.ts'

/** Edit and delete, for whoever may. */
export function KeyActions({
  name,
  kv,
  onEdit,
  onDeleted,
}: {
  readonly name: string
  readonly kv: ResultOf<'keys.read'>
  readonly onEdit: () => void
  readonly onDeleted: () => void
}) {
  const t = useMessages(keysMessages)
  /** The revision that one has looked at: a value that came after it is not deleted unseen. */
  const [deleting, setDeleting] = useState<string>()
  const lacks = useLacks('write', name) === undefined ? undefined : t.write(name)
  const remove = useChange('keys.delete', {
    onDone: () => {
      notify(t.removed(name))
      onDeleted()
    },
  })
  return (
    <>
      {remove.error !== null && <ErrorPanel error={remove.error} />}
      <div className="row wrap">
        <Button lacks={lacks} disabled={kv.encoding === 'base64' || kv.isCut === true} onClick={onEdit}>
          {t.edit}
        </Button>
        <Button look="danger" lacks={lacks} onClick={() => setDeleting(kv.modRevision)}>
          {t.remove}
        </Button>
      </div>
      {deleting !== undefined && (
        <ConfirmDialog
          title={`${t.remove}: ${name}`}
          action={t.remove}
          isDangerous
          onClose={() => setDeleting(undefined)}
          onConfirm={() => {
            setDeleting(undefined)
            remove.mutate({ params: { key: name }, query: { expectedModRevision: deleting } })
          }}
        >
          <p>{t.removeAbout}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
