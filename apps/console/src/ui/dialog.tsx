import { type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import { useMessages } from '../i18n/language.ts'
import { Button, IconButton } from './button.tsx'
import './dialog.css'
import { TextField } from './field.tsx'
import { uiMessages } from './messages.ts'

/** The platform's modal dialog: it keeps the focus inside, Esc closes it, and focus returns to where it was. */
export function Dialog({
  title,
  children,
  footer,
  onClose,
  size = 'medium',
}: {
  readonly title: ReactNode
  readonly children: ReactNode
  readonly footer?: ReactNode
  readonly onClose: () => void
  readonly size?: 'small' | 'medium' | 'large' | 'side'
}) {
  const t = useMessages(uiMessages)
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Before React takes the element away: a dialog that closes after that gives the focus back to nobody.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // The platform would begin with the button that closes it.
    element?.querySelector<HTMLElement>('.dialog-body :is(input, select, textarea)')?.focus()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      className={`dialog ${size}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onClose()
      }}
    >
      <header>
        <h2 id={titleId} className="foreign">
          {title}
        </h2>
        <IconButton icon="close" label={t.close} onClick={onClose} />
      </header>
      <div className="dialog-body">{children}</div>
      {footer !== undefined && <footer>{footer}</footer>}
    </dialog>
  )
}

/** Asks before something that others will notice. With `typed`, the name must be typed first. */
export function ConfirmDialog({
  title,
  children,
  action,
  isDangerous = false,
  typed,
  isBusy = false,
  onConfirm,
  onClose,
}: {
  readonly title: ReactNode
  readonly children: ReactNode
  readonly action: string
  readonly isDangerous?: boolean
  readonly typed?: string | undefined
  readonly isBusy?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}) {
  const t = useMessages(uiMessages)
  const [text, setText] = useState('')
  const isReady = typed === undefined || text === typed
  return (
    <Dialog
      title={title}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button look={isDangerous ? 'danger' : 'primary'} disabled={!isReady} isBusy={isBusy} onClick={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <div className="stack tight">
        {children}
        {typed !== undefined && (
          <TextField label={t.typeToConfirm(typed)} value={text} onChange={setText} autoComplete="off" />
        )}
      </div>
    </Dialog>
  )
}
