import { type Language, languages } from '../i18n/catalogue.ts'
import { setLanguage, useLanguage, useMessages } from '../i18n/language.ts'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { shellMessages } from './messages.ts'

export function LanguageMenu() {
  const t = useMessages(shellMessages)
  const current = useLanguage()
  const names = Object.entries(languages) as [Language, string][]
  return (
    <Menu
      label={t.language}
      button={<Icon name="language" />}
      items={names.map(([language, name]) => ({
        label: <span lang={language}>{name}</span>,
        isChosen: language === current,
        onSelect: () => setLanguage(language),
      }))}
    />
  )
}
