import { useState } from 'react'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Proof } from './drain-proof.tsx'
import type { Instance } from './instance-table.tsx'
import { servicesMessages } from './messages.ts'
import { useOperate } from './use-operate.ts'

/** Takes an instance out of the traffic, and then shows who has seen it. */
export function DrainDialog({
  service,
  instance,
  action,
  onClose,
}: {
  readonly service: string
  readonly instance: Instance
  readonly action: 'drain' | 'disable'
  readonly onClose: () => void
}) {
  const t = useMessages(servicesMessages)
  const ui = useMessages(uiMessages)
  const { operate, isBusy } = useOperate(service)
  const [reason, setReason] = useState('')
  const [revision, setRevision] = useState<string>()
  const isDrain = action === 'drain'
  const confirm = async (): Promise<void> => {
    const body = { action, ...(reason === '' ? {} : { reason }) }
    setRevision(await operate(instance.id, body, { action: 'enable' }))
  }
  return (
    <Dialog
      title={isDrain ? t.drainTitle(instance.id) : t.disableTitle(instance.id)}
      size="small"
      onClose={onClose}
      footer={
        revision === undefined ? (
          <>
            <Button onClick={onClose}>{ui.cancel}</Button>
            <Button look={isDrain ? 'primary' : 'danger'} isBusy={isBusy} onClick={() => void confirm()}>
              {isDrain ? t.drain : t.disable}
            </Button>
          </>
        ) : (
          <>
            <Button
              icon="undo"
              isBusy={isBusy}
              onClick={() => void operate(instance.id, { action: 'enable' }).then(onClose)}
            >
              {ui.undo}
            </Button>
            <Button look="primary" onClick={onClose}>
              {ui.close}
            </Button>
          </>
        )
      }
    >
      {revision === undefined ? (
        <div className="form">
          <p>{isDrain ? t.drainAbout : t.disableAbout}</p>
          <TextField
            label={t.reason}
            hint={t.reasonHint}
            value={reason}
            onChange={setReason}
            maxLength={1000}
            autoFocus
          />
        </div>
      ) : (
        <Proof service={service} revision={revision} />
      )}
    </Dialog>
  )
}
