import type { ButtonHTMLAttributes, ReactNode } from 'react'
import { useMessages } from '../i18n/language.ts'
import './button.css'
import { Icon, type IconName } from './icon.tsx'
import { uiMessages } from './messages.ts'

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'default' | 'primary' | 'danger' | 'ghost'
  readonly icon?: IconName
  readonly isBusy?: boolean
  /** The permission that the user lacks: the button stays readable, says so, and does nothing. */
  readonly lacks?: string | undefined
  readonly children?: ReactNode
}

/**
 * Whoever clicks twice means it once: the second click of a double click does nothing, so that it never falls upon what
 * the first one has put in its place.
 */
export function Button({ look = 'default', icon, isBusy = false, lacks, children, onClick, ...rest }: ButtonProps) {
  const t = useMessages(uiMessages)
  const isBlocked = lacks !== undefined || isBusy
  return (
    <button
      type="button"
      {...rest}
      className={`button ${look} ${rest.className ?? ''}`}
      aria-disabled={isBlocked || undefined}
      aria-busy={isBusy || undefined}
      title={lacks === undefined ? rest.title : t.notAllowed(lacks)}
      onClick={(event) => {
        if (isBlocked || event.detail > 1) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {isBusy ? (
        <span className="spinner" aria-hidden="true" />
      ) : (
        icon && <Icon name={lacks === undefined ? icon : 'lock'} />
      )}
      {lacks !== undefined && icon === undefined && <Icon name="lock" />}
      {children}
      {lacks !== undefined && <span className="sr-only">{t.notAllowed(lacks)}</span>}
    </button>
  )
}

/** A button that shows only its icon: the label is what a screen reader says, and its tooltip. */
export function IconButton({
  icon,
  label,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { readonly icon: IconName; readonly label: string }) {
  return (
    <button type="button" {...rest} className={`icon-button ${rest.className ?? ''}`} aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  )
}
