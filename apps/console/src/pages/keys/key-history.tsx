import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { keysMessages } from './messages.ts'
import { hexOf } from './value-forms.ts'

/** The values that the key had, the latest first, as far back as the store keeps them. */
export function KeyHistory({ name }: { readonly name: string }) {
  const t = useMessages(keysMessages)
  const query = useOperation('keys.history', { params: { key: name }, query: { limit: 30 } }, [
    'services',
    'config',
    'waypost',
    'keys',
  ])
  return (
    <QueryView query={query}>
      {({ values, isCompacted }) => (
        <div className="stack tight">
          {values.map(({ modRevision, version, value = '', encoding = 'utf8' }) => (
            <div key={modRevision} className="stack tight">
              <div className="row">
                <Badge tone="info">{modRevision}</Badge>
                <span className="muted small">
                  {t.version} {version}
                </span>
              </div>
              <CodeBlock code={encoding === 'utf8' ? value : hexOf(value, encoding)} />
            </div>
          ))}
          {isCompacted && <p className="muted small">{t.historyCut}</p>}
        </div>
      )}
    </QueryView>
  )
}
