import { useMessages } from '../i18n/language.ts'
import { setTheme } from '../theme/theme.ts'
import type { IconName } from '../ui/icon.tsx'
import { shellMessages } from './messages.ts'
import { pages } from './pages.ts'
import { useFoundNames } from './palette-search.ts'
import { useSettled } from './use-settled.ts'

export interface PaletteEntry {
  readonly key: string
  readonly title: string
  readonly kind: string
  readonly icon: IconName
  /** Where it leads; absent for a command. */
  readonly href?: string
  readonly run?: () => void
}

/** What fits the text: pages and settings at once, services and documents as the hub finds them. */
export function usePaletteEntries(text: string): readonly PaletteEntry[] {
  const t = useMessages(shellMessages)
  const found = useFoundNames(useSettled(text.trim(), 150))
  const own: PaletteEntry[] = [
    ...pages.map(({ id, to, icon }) => ({ key: id, title: t[id], kind: t.navigation, icon, href: to })),
    ...(
      [
        ['light', t.themeLight, 'sun'],
        ['dark', t.themeDark, 'moon'],
        ['system', t.themeSystem, 'system'],
      ] as const
    ).map(([theme, title, icon]) => ({
      key: `theme-${theme}`,
      title: `${t.theme}: ${title}`,
      kind: t.theme,
      icon,
      run: () => setTheme(theme),
    })),
  ]
  const wanted = text.trim().toLowerCase()
  // What was found for an earlier text does not stand for this one.
  return [
    ...own.filter(({ title, key }) => `${title} ${key}`.toLowerCase().includes(wanted)),
    ...found.filter(({ title }) => title.toLowerCase().includes(wanted)),
  ]
}
