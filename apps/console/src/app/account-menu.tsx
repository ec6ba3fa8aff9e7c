import { useMessages } from '../i18n/language.ts'
import { Icon } from '../ui/icon.tsx'
import { Menu } from '../ui/menu.tsx'
import { shellMessages } from './messages.ts'
import { useLogin, useSession } from './session.ts'

export function AccountMenu() {
  const t = useMessages(shellMessages)
  const { data } = useSession()
  const { logOut } = useLogin()
  if (data?.user === undefined) return null
  return (
    <Menu
      label={`${t.account}: ${data.user}`}
      button={
        <>
          <Icon name="user" />
          <bdi className="account-name truncate">{data.user}</bdi>
        </>
      }
      className="button ghost account"
      items={[{ label: t.logOut, icon: 'external', onSelect: () => void logOut() }]}
    />
  )
}
