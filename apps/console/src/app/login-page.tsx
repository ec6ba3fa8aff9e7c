import { type FormEvent, useState } from 'react'
import { useOperation } from '../api/use-operation.ts'
import { useMessages } from '../i18n/language.ts'
import { retryLive } from '../live/live-store.ts'
import { Button } from '../ui/button.tsx'
import { codeOf, ErrorPanel } from '../ui/error-panel.tsx'
import { TextField } from '../ui/field.tsx'
import { Note } from '../ui/note.tsx'
import { LanguageMenu } from './language-menu.tsx'
import './login-page.css'
import { shellMessages } from './messages.ts'
import { useLogin } from './session.ts'
import { ThemeMenu } from './theme-menu.tsx'

/** The user and password of the store, and the provider of logins where the hub has one. */
export function LoginPage() {
  const t = useMessages(shellMessages)
  const { logIn } = useLogin()
  const oidc = useOperation('hub.loginMethods', {}).data?.oidc
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await logIn(user, password)
      retryLive()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <main className="login">
      <form className="login-card" onSubmit={(event) => void onSubmit(event)}>
        <div className="row between">
          <div className="row">
            <img src="/favicon.svg" alt="" width="30" height="30" />
            <h1>Waypost</h1>
          </div>
          <div className="row">
            <LanguageMenu />
            <ThemeMenu />
          </div>
        </div>
        <p className="muted">{t.loginAbout}</p>
        {error !== undefined &&
          (codeOf(error) === 'unauthenticated' ? <Note tone="bad">{t.wrongLogin}</Note> : <ErrorPanel error={error} />)}
        <TextField label={t.user} value={user} onChange={setUser} autoComplete="username" autoFocus required />
        <TextField
          label={t.password}
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="current-password"
          required
        />
        <Button look="primary" type="submit" isBusy={isBusy}>
          {t.login}
        </Button>
        {oidc !== undefined && (
          <>
            <p className="login-or faint small">{t.or}</p>
            <a className="button default" href={`${oidc.path}?return=${encodeURIComponent(here())}`}>
              {t.loginWith(oidc.title)}
            </a>
          </>
        )}
      </form>
    </main>
  )
}

/** Where the browser comes back to: what one wanted to see. */
function here(): string {
  const { pathname, search } = location
  return pathname + search
}
