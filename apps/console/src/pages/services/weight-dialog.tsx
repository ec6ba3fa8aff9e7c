import { useState } from 'react'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import type { Instance } from './instance-table.tsx'
import { servicesMessages } from './messages.ts'
import { useOperate } from './use-operate.ts'

/** Gives an instance another share of the traffic. */
export function WeightDialog({
  service,
  instance,
  onClose,
}: {
  readonly service: string
  readonly instance: Instance
  readonly onClose: () => void
}) {
  const t = useMessages(servicesMessages)
  const ui = useMessages(uiMessages)
  const { operate, isBusy } = useOperate(service)
  const [text, setText] = useState(String(instance.weight))
  const weight = text.trim() === '' ? Number.NaN : Number(text)
  const isGood = Number.isFinite(weight) && weight >= 0
  const before = instance.override?.weight
  const save = async (): Promise<void> => {
    const undo = { action: 'weight' as const, ...(before === undefined ? {} : { weight: before }) }
    const revision = await operate(instance.id, { action: 'weight', weight }, undo)
    if (revision !== undefined) onClose()
  }
  return (
    <Dialog
      title={t.weightTitle(instance.id)}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button look="primary" disabled={!isGood} isBusy={isBusy} onClick={() => void save()}>
            {t.save}
          </Button>
        </>
      }
    >
      <TextField
        label={t.weight}
        hint={t.weightHint}
        error={isGood ? undefined : t.weightBad}
        value={text}
        onChange={setText}
        inputMode="decimal"
        autoFocus
      />
    </Dialog>
  )
}
