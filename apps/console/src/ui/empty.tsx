import type { ReactNode } from 'react'
import { CodeBlock } from './code.tsx'
import './empty.css'
import { Icon, type IconName } from './icon.tsx'

/** Nothing is here yet: why, what to do next, and the command to copy. */
export function EmptyState({
  icon = 'info',
  title,
  children,
  command,
  actions,
}: {
  readonly icon?: IconName
  readonly title: string
  readonly children?: ReactNode
  readonly command?: string
  readonly actions?: ReactNode
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <h3>{title}</h3>
      {children !== undefined && <div className="muted">{children}</div>}
      {command !== undefined && <CodeBlock code={command} />}
      {actions !== undefined && <div className="row wrap">{actions}</div>}
    </div>
  )
}
