import { useState } from 'react'
import { topicsOf } from '../../api/topic-of.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { keysMessages } from './messages.ts'
import { hexOf } from './value-forms.ts'

const pageSize = 30
const maxValues = 300

/** The values that the key had, the latest first, as far back as the store keeps them. */
export function KeyHistory({ name }: { readonly name: string }) {
  const t = useMessages(keysMessages)
  const [limit, setLimit] = useState(pageSize)
  const query = useOperation('keys.history', { params: { key: name }, query: { limit } }, topicsOf(`${name}/`))
  return (
    <QueryView query={query}>
      {({ values, isCompacted, next }) => (
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
          {next !== undefined && limit < maxValues && (
            <Button onClick={() => setLimit(Math.min(maxValues, limit + pageSize))}>{t.earlier}</Button>
          )}
          {isCompacted && <p className="muted small">{t.historyCut}</p>}
        </div>
      )}
    </QueryView>
  )
}
