import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useMessages } from '../i18n/language.ts'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Toasts } from '../ui/toasts.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ConnectionBanner, ConnectionMark } from './connection.tsx'
import { LanguageMenu } from './language-menu.tsx'
import { shellMessages } from './messages.ts'
import { pages } from './pages.ts'
import { Palette } from './palette.tsx'
import './shell.css'
import { ThemeMenu } from './theme-menu.tsx'

/** The frame of every page: navigation, search, connection, and what a person set for themselves. */
export function Shell() {
  const t = useMessages(shellMessages)
  const [isNavigationOpen, setNavigationOpen] = useState(false)
  const [isPaletteOpen, setPaletteOpen] = useState(false)
  const path = useRouterState({ select: (state) => state.location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever goes to another page has chosen
  useEffect(() => setNavigationOpen(false), [path])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isShortcut = (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k'
      if (!isShortcut) return
      event.preventDefault()
      setPaletteOpen((isOpen) => !isOpen)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <div className={`shell ${isNavigationOpen ? 'navigation-open' : ''}`}>
      <a className="skip-link" href="#content">
        {t.skip}
      </a>
      <header className="top-bar">
        <IconButton
          icon="menu"
          label={t.openNavigation}
          className="navigation-button"
          aria-expanded={isNavigationOpen}
          onClick={() => setNavigationOpen(!isNavigationOpen)}
        />
        <Link to="/" className="brand" aria-label="Waypost">
          <img src="/favicon.svg" alt="" width="22" height="22" />
          <span>Waypost</span>
        </Link>
        <button type="button" className="palette-button" onClick={() => setPaletteOpen(true)}>
          <Icon name="search" />
          <span className="sr-only">{t.palette}</span>
          <span className="truncate">{t.palettePlaceholder}</span>
          <kbd>{navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl'} K</kbd>
        </button>
        <ConnectionMark />
        <LanguageMenu />
        <ThemeMenu />
        <AccountMenu />
      </header>
      <nav className="navigation" aria-label={t.navigation}>
        {(['groupWatch', 'groupManage', 'groupOperate'] as const).map((group) => {
          const items = pages.filter((page) => page.group === group)
          if (items.length === 0) return null
          return (
            <div key={group}>
              <h2>{t[group]}</h2>
              <ul>
                {items.map(({ id, to, icon }) => (
                  <li key={id}>
                    <Link to={to} activeOptions={{ exact: to === '/' }} activeProps={{ 'aria-current': 'page' }}>
                      <Icon name={icon} />
                      {t[id]}
                    </Link>
                  </li>
                ))}
              </ul>
            </div>
          )
        })}
      </nav>
      {isNavigationOpen && (
        // biome-ignore lint/a11y/noStaticElementInteractions: the button above does the same for the keyboard
        // biome-ignore lint/a11y/useKeyWithClickEvents: as above
        <div className="navigation-backdrop" onClick={() => setNavigationOpen(false)} />
      )}
      <main id="content" tabIndex={-1} className="content">
        <ConnectionBanner />
        <Outlet />
      </main>
      <Toasts />
      {isPaletteOpen && <Palette onClose={() => setPaletteOpen(false)} />}
    </div>
  )
}
