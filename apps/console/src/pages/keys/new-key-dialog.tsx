import { useState } from 'react'
import { useChange } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useSettled } from '../../app/use-settled.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextArea, TextField } from '../../ui/field.tsx'
import { notify } from '../../ui/toasts.tsx'
import { keysMessages } from './messages.ts'

export function NewKeyDialog({ prefix, onClose }: { readonly prefix: string; readonly onClose: () => void }) {
  const t = useMessages(keysMessages)
  const [key, setKey] = useState(prefix)
  const [value, setValue] = useState('')
  const about = useSettled(key, 200)
  const lacks = useLacks('write', about)
  const put = useChange('keys.put', {
    onDone: () => {
      notify(t.saved(key))
      onClose()
    },
  })
  return (
    <Dialog
      title={t.createTitle}
      onClose={onClose}
      footer={
        <Button
          look="primary"
          lacks={lacks === undefined ? undefined : t.write(about)}
          disabled={key === ''}
          isBusy={put.isPending}
          onClick={() => put.mutate({ params: { key }, query: {}, body: { value, expectedModRevision: '0' } })}
        >
          {t.save}
        </Button>
      }
    >
      <div className="form">
        {put.error !== null && <ErrorPanel error={put.error} />}
        <TextField
          label={t.key}
          hint={t.createHint}
          value={key}
          onChange={setKey}
          className="mono"
          spellCheck={false}
        />
        <TextArea label={t.value} value={value} onChange={setValue} rows={8} className="mono" spellCheck={false} />
      </div>
    </Dialog>
  )
}
