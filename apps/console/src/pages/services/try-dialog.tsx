import { useState } from 'react'
import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Select, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import type { Instance } from './instance-table.tsx'
import { servicesMessages } from './messages.ts'

/** Has the hub connect to an instance's address. */
export function TryDialog({
  service,
  instance,
  onClose,
}: {
  readonly service: string
  readonly instance: Instance
  readonly onClose: () => void
}) {
  const t = useMessages(servicesMessages)
  const [kind, setKind] = useState<'tcp' | 'http' | 'grpc'>('tcp')
  const [path, setPath] = useState('/')
  const [called, setCalled] = useState('')
  const attempt = useChange('services.try')
  const run = (): void => {
    const body = {
      kind,
      ...(kind === 'http' ? { path } : {}),
      ...(kind === 'grpc' && called.trim() !== '' ? { service: called.trim() } : {}),
    }
    attempt.mutate({ params: { name: service, id: instance.id }, body })
  }
  return (
    <Dialog
      title={t.tryTitle(instance.address)}
      size="small"
      onClose={onClose}
      footer={
        <Button look="primary" isBusy={attempt.isPending} onClick={run}>
          {t.tryNow}
        </Button>
      }
    >
      <div className="form">
        <p className="muted">{t.tryAbout}</p>
        <Select
          label={t.tryKind}
          value={kind}
          onChange={setKind}
          options={[
            ['tcp', t.tryTcp],
            ['http', t.tryHttp],
            ['grpc', t.tryGrpc],
          ]}
        />
        {kind === 'http' && <TextField label={t.tryPath} value={path} onChange={setPath} />}
        {kind === 'grpc' && (
          <TextField label={t.tryService} hint={t.tryServiceHint} value={called} onChange={setCalled} />
        )}
        <div aria-live="polite">
          {attempt.error !== null && <ErrorPanel error={attempt.error} />}
          {attempt.data?.ok === true && <Note tone="ok">{t.tryOk(attempt.data.durationMs)}</Note>}
          {attempt.data?.ok === false && (
            <Note tone="bad">
              {t.tryFailed} <span className="foreign">{attempt.data.problem}</span>
            </Note>
          )}
        </div>
      </div>
    </Dialog>
  )
}
