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
  const [isDeleting, setDeleting] = useState(false)
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
        {kv.encoding !== 'base64' && !kv.isCut && (
          <Button lacks={lacks} onClick={onEdit}>
            {t.edit}
          </Button>
        )}
        <Button look="danger" lacks={lacks} onClick={() => setDeleting(true)}>
          {t.remove}
        </Button>
      </div>
      {isDeleting && (
        <ConfirmDialog
          title={`${t.remove}: ${name}`}
          action={t.remove}
          isDangerous
          onClose={() => setDeleting(false)}
          onConfirm={() => {
            setDeleting(false)
            remove.mutate({ params: { key: name }, query: { expectedModRevision: kv.modRevision } })
          }}
        >
          <p>{t.removeAbout}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
