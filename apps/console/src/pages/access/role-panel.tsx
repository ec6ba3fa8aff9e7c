import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { accessMessages } from './messages.ts'

/** The ranges of keys that a role may read and write. */
export function RolePanel({ role }: { readonly role: string }) {
  const t = useMessages(accessMessages)
  const query = useOperation('access.role', { params: { role } })
  const words = { read: t.read, write: t.write, readwrite: `${t.read} + ${t.write}` }
  return (
    <Panel title={<bdi>{role}</bdi>}>
      <QueryView query={query}>
        {({ permissions }) =>
          role === 'root' ? (
            t.everything
          ) : permissions.length === 0 ? (
            <span className="muted">{t.nothing}</span>
          ) : (
            <ul className="stack tight">
              {permissions.map(({ type, key, rangeEnd, isOpen }) => (
                <li key={`${type} ${key} ${rangeEnd ?? ''}`} className="row wrap">
                  <Badge tone={type === 'read' ? 'quiet' : 'info'}>{words[type]}</Badge>
                  <code>{rangeEnd === undefined ? key : `${key} … ${rangeEnd}`}</code>
                  {isOpen && <span className="muted small">{t.above}</span>}
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Panel>
  )
}
