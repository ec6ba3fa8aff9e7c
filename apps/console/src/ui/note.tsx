import type { ReactNode } from 'react'
import './error-panel.css'
import { Icon } from './icon.tsx'

/** Something one should know before going on. */
export function Note({
  tone = 'info',
  children,
}: {
  readonly tone?: 'info' | 'ok' | 'warn' | 'bad'
  readonly children: ReactNode
}) {
  return (
    <div className={`note ${tone}`} role={tone === 'bad' || tone === 'warn' ? 'alert' : undefined}>
      <Icon name={tone === 'ok' ? 'check' : tone === 'info' ? 'info' : 'warn'} />
      <div className="grow">{children}</div>
    </div>
  )
}
