import { useMessages } from '../i18n/language.ts'
import { setTheme, type Theme, useTheme } from '../theme/theme.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { shellMessages } from './messages.ts'

const icons: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' }

export function ThemeMenu() {
  const t = useMessages(shellMessages)
  const theme = useTheme()
  const choices: readonly [Theme, string][] = [
    ['system', t.themeSystem],
    ['light', t.themeLight],
    ['dark', t.themeDark],
  ]
  return (
    <Menu
      label={t.theme}
      button={<Icon name={icons[theme]} />}
      items={choices.map(([choice, label]) => ({
        label,
        icon: icons[choice],
        isChosen: choice === theme,
        onSelect: () => setTheme(choice),
      }))}
    />
  )
}
