import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useMessages } from '../i18n/language.ts'
import { Icon } from '../ui/icon.tsx'
import { shellMessages } from './messages.ts'
import './palette.css'
import { type PaletteEntry, usePaletteEntries } from './palette-entries.ts'

/** Goes anywhere by typing: pages, services, documents, settings. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages(shellMessages)
  const navigate = useNavigate()
  const listId = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  /** The entry that one has chosen, wherever it stands when more are found. */
  const [chosen, setChosen] = useState<string>()
  const entries = usePaletteEntries(text)
  const at = Math.max(
    0,
    entries.findIndex(({ key }) => key === chosen),
  )
  const setActive = (index: number): void => setChosen(entries[index]?.key)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  useEffect(() => {
    dialog.current?.querySelector(`[data-index="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const open = (entry: PaletteEntry | undefined): void => {
    if (entry === undefined) return
    onClose()
    if (entry.run !== undefined) entry.run()
    else if (entry.href !== undefined) void navigate({ href: entry.href })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setActive(Math.min(entries.length - 1, at + 1))
    else if (event.key === 'ArrowUp') setActive(Math.max(0, at - 1))
    else if (event.key === 'Enter') open(entries[at])
    else return
    event.preventDefault()
  }
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t.palette}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onKeyDown={onKeyDown}
    >
      <div className="palette-input">
        <Icon name="search" size={18} />
        <input
          role="combobox"
          aria-label={t.palette}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={entries.length > 0 ? `${listId}-${at}` : undefined}
          placeholder={t.palettePlaceholder}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value)
            setChosen(undefined)
          }}
        />
      </div>
      <div id={listId} role="listbox" aria-label={t.palette} className="palette-list">
        {entries.map((entry, index) => (
          <div
            key={entry.key}
            id={`${listId}-${index}`}
            data-index={index}
            role="option"
            aria-selected={index === at}
            className="palette-entry"
            onClick={() => open(entry)}
            onPointerMove={() => setActive(index)}
          >
            <Icon name={entry.icon} />
            <bdi className="grow truncate">{entry.title}</bdi>
            <span className="faint small">{entry.kind}</span>
          </div>
        ))}
        {entries.length === 0 && <p className="muted palette-nothing">{t.paletteNothing}</p>}
      </div>
      <footer className="faint small">{t.paletteHint}</footer>
    </dialog>
  )
}
