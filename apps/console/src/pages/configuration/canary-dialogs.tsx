import { type ReactNode, useState } from 'react'
import { useChange } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextField } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Note } from '../../ui/note.tsx'
import { notify } from '../../ui/toasts.tsx'
import type { Canary } from './canary-panel.tsx'
import { configurationMessages } from './messages.ts'
import { useReleaseFields } from './release-fields.tsx'

export type CanaryStep = 'raise' | 'promote' | 'abort'

interface CanaryDialogProps {
  readonly path: string
  readonly canary: Canary
  /** The release of the document when the dialog was opened. */
  readonly release: number
  /** Whether the canary is no longer what is decided about. */
  readonly isOther: boolean
  readonly onClose: () => void
}

const dialogs = { raise: RaiseDialog, promote: PromoteDialog, abort: AbortDialog } as const

/** Asks what is to become of a canary. It stays when the canary goes, and then does nothing any more. */
export function CanaryDialog({ kind, ...props }: CanaryDialogProps & { readonly kind: CanaryStep }) {
  const Step = dialogs[kind]
  return <Step {...props} />
}

/** Gives the canary to more instances. */
function RaiseDialog({ path, canary: { name, rule }, isOther, onClose }: CanaryDialogProps) {
  const t = useMessages(configurationMessages)
  const before = rule.percent ?? 0
  const [text, setText] = useState(String(Math.min(100, Math.max(before + 1, before * 2))))
  const { fields, given } = useReleaseFields()
  const percent = text.trim() === '' ? Number.NaN : Number(text)
  const isGood = percent > before && percent <= 100
  const raise = useChange('config.raiseCanary', {
    onDone: () => {
      notify(t.raised(name, percent))
      onClose()
    },
  })
  return (
    <StepDialog
      title={t.raiseTitle(name)}
      action={t.raiseTitle(name)}
      isReady={isGood}
      isOther={isOther}
      isBusy={raise.isPending}
      error={raise.error}
      onGo={() => raise.mutate({ params: { path, canary: name }, body: { percent, ...given } })}
      onClose={onClose}
    >
      <TextField
        label={t.percent}
        error={isGood ? undefined : t.badPercent}
        value={text}
        onChange={setText}
        inputMode="decimal"
      />
      {fields}
    </StepDialog>
  )
}

/** Makes its document a release for all. */
function PromoteDialog({ path, canary: { name }, release: expectedRelease, isOther, onClose }: CanaryDialogProps) {
  const t = useMessages(configurationMessages)
  const { fields, given } = useReleaseFields()
  const promote = useChange('config.promoteCanary', {
    onDone: ({ release }) => {
      notify(t.promoted(name, release))
      onClose()
    },
  })
  return (
    <StepDialog
      title={t.promoteTitle(name)}
      action={t.promoteTitle(name)}
      isOther={isOther}
      isBusy={promote.isPending}
      error={promote.error}
      onGo={() => promote.mutate({ params: { path, canary: name }, body: { expectedRelease, ...given } })}
      onClose={onClose}
    >
      <Note>{t.promoteAbout}</Note>
      {fields}
    </StepDialog>
  )
}

/** Gives its instances the released document again. */
function AbortDialog({ path, canary: { name }, isOther, onClose }: CanaryDialogProps) {
  const t = useMessages(configurationMessages)
  const { fields, given } = useReleaseFields()
  const abort = useChange('config.abortCanary', {
    onDone: () => {
      notify(t.aborted(name))
      onClose()
    },
  })
  return (
    <StepDialog
      title={t.abortTitle(name)}
      action={t.abortTitle(name)}
      isDangerous
      isOther={isOther}
      isBusy={abort.isPending}
      error={abort.error}
      onGo={() => abort.mutate({ params: { path, canary: name }, query: given })}
      onClose={onClose}
    >
      <Note tone="warn">{t.abortAbout}</Note>
      {fields}
    </StepDialog>
  )
}

function StepDialog({
  title,
  action,
  isReady = true,
  isOther,
  isBusy,
  isDangerous = false,
  error,
  children,
  onGo,
  onClose,
}: {
  readonly title: string
  readonly action: string
  readonly isReady?: boolean
  readonly isOther: boolean
  readonly isBusy: boolean
  readonly isDangerous?: boolean
  readonly error: unknown
  readonly children: ReactNode
  readonly onGo: () => void
  readonly onClose: () => void
}) {
  const t = useMessages(configurationMessages)
  const ui = useMessages(uiMessages)
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.cancel}</Button>
          <Button
            look={isDangerous ? 'danger' : 'primary'}
            disabled={!isReady || isOther}
            isBusy={isBusy}
            onClick={onGo}
          >
            {action}
          </Button>
        </>
      }
    >
      <div className="stack">
        {error !== null && <ErrorPanel error={error} />}
        {children}
        {isOther && !isBusy && <Note tone="warn">{t.canaryChanged}</Note>}
      </div>
    </Dialog>
  )
}
