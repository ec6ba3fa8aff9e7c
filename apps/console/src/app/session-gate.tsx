import { type ReactNode, useEffect } from 'react'
import { startLive } from '../live/live-store.ts'
import { codeOf, ErrorPanel } from '../ui/error-panel.tsx'
import { LoginPage } from './login-page.tsx'
import './login-page.css'
import { useSession } from './session.ts'

/** Shows the console to whoever may see it, and the login to everybody else. The address stays as it is. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { data, error, refetch } = useSession()
  const isIn = data !== undefined
  useEffect(() => {
    if (isIn) startLive('/v1/changes?watch=true')
  }, [isIn])
  if (isIn) return children
  if (error === null) return null
  if (codeOf(error) === 'unauthenticated') return <LoginPage />
  return (
    <main className="login">
      <ErrorPanel error={error} onRetry={() => void refetch()} />
    </main>
  )
}
