import { Link } from '@tanstack/react-router'
import { useMessages } from '../../i18n/language.ts'
import { Status } from '../../ui/badge.tsx'
import { overviewMessages } from './messages.ts'
import './problem-list.css'

export interface Problem {
  readonly key: string
  readonly tone: 'bad' | 'warn'
  readonly text: string
  readonly detail: string
  /** Where one can do something about it. */
  readonly href: string
}

export function ProblemList({ problems, more }: { readonly problems: readonly Problem[]; readonly more: number }) {
  const t = useMessages(overviewMessages)
  return (
    <ul className="problem-list">
      {problems.map(({ key, tone, text, detail, href }) => (
        <li key={key}>
          <Link to={href}>
            <Status tone={tone}>
              <span className="foreign">{text}</span>
            </Status>
            <span className="muted small">{detail}</span>
          </Link>
        </li>
      ))}
      {more > 0 && (
        <li>
          <Link to="/services">{t.moreServices(more)}</Link>
        </li>
      )}
    </ul>
  )
}
