import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useMessages } from '../i18n/language.ts'
import { Icon, type IconName } from './icon.tsx'
import './menu.css'
import { uiMessages } from './messages.ts'

export interface MenuItem {
  readonly label: ReactNode
  readonly icon?: IconName
  readonly isDangerous?: boolean
  readonly isChosen?: boolean
  /** The permission that the user lacks. */
  readonly lacks?: string | undefined
  readonly onSelect: () => void
}

/**
 * A button that opens a list of actions. Arrow keys move, Esc closes, a letter jumps. While it is open it stays as it
 * was opened: no action turns into another one, or takes its place, on the way of the hand to it.
 */
export function Menu({
  label,
  button,
  items,
  subject,
  className = 'icon-button',
}: {
  readonly label: string
  /** What the actions are for, shown above them. */
  readonly subject?: string
  readonly button: ReactNode
  readonly items: readonly MenuItem[]
  readonly className?: string
}) {
  const t = useMessages(uiMessages)
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)
  const [opened, setOpened] = useState<readonly MenuItem[]>()
  useEffect(() => {
    const element = list.current
    if (!isOpen || element === null || opener.current === null) return
    place(element, opener.current)
    element.querySelector<HTMLElement>('[role^="menuitem"]')?.focus()
    const close = (): void => element.hidePopover()
    addEventListener('scroll', close, { capture: true, once: true })
    addEventListener('resize', close, { once: true })
    return () => {
      removeEventListener('scroll', close, { capture: true })
      removeEventListener('resize', close)
    }
  }, [isOpen])
  const onKeyDown = (event: KeyboardEvent): void => {
    const entries = [...(list.current?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
    const at = entries.findIndex((entry) => entry.matches(':focus'))
    const go = (index: number): void => entries.at(index % entries.length)?.focus()
    if (event.key === 'ArrowDown') go(at + 1)
    else if (event.key === 'ArrowUp') go(at - 1)
    else if (event.key === 'Home') go(0)
    else if (event.key === 'End') go(-1)
    else if (event.key === 'Tab') list.current?.hidePopover()
    else if (/^\S$/.test(event.key)) {
      const letter = event.key.toLowerCase()
      entries.find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter))?.focus()
    } else return
    if (event.key !== 'Tab') event.preventDefault()
  }
  return (
    <>
      <button
        ref={opener}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        popoverTarget={id}
      >
        {button}
      </button>
      <div
        ref={list}
        id={id}
        role="menu"
        tabIndex={-1}
        popover="auto"
        className="menu"
        aria-label={label}
        onBeforeToggle={(event) => {
          if (event.newState === 'open') setOpened(items)
        }}
        onToggle={(event) => {
          setOpen(event.newState === 'open')
          if (event.newState === 'closed') setOpened(undefined)
        }}
        onKeyDown={onKeyDown}
      >
        {opened !== undefined && subject !== undefined && (
          <div className="menu-subject foreign" aria-hidden="true">
            {subject}
          </div>
        )}
        {(opened ?? items).map((item, index) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: a menu is replaced as a whole
            key={index}
            type="button"
            role={item.isChosen === undefined ? 'menuitem' : 'menuitemradio'}
            aria-checked={item.isChosen}
            aria-disabled={item.lacks !== undefined || undefined}
            title={item.lacks === undefined ? undefined : t.notAllowed(item.lacks)}
            className={item.isDangerous ? 'dangerous' : ''}
            onClick={() => {
              if (item.lacks !== undefined) return
              list.current?.hidePopover()
              opener.current?.focus()
              item.onSelect()
            }}
          >
            <span className="menu-icon">
              {item.isChosen ? (
                <Icon name="check" />
              ) : item.lacks === undefined ? (
                item.icon && <Icon name={item.icon} />
              ) : (
                <Icon name="lock" />
              )}
            </span>
            {item.label}
            {item.lacks !== undefined && <span className="sr-only">{t.notAllowed(item.lacks)}</span>}
          </button>
        ))}
      </div>
    </>
  )
}

function place(list: HTMLElement, opener: HTMLElement): void {
  const around = opener.getBoundingClientRect()
  const { width, height } = list.getBoundingClientRect()
  const left = Math.max(8, Math.min(around.right - width, innerWidth - width - 8))
  const below = around.bottom + 4
  const top = below + height > innerHeight - 8 ? Math.max(8, around.top - height - 4) : below
  list.style.left = `${left}px`
  list.style.top = `${top}px`
}
