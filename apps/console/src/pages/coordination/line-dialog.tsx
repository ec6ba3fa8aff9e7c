import { topicsOf } from '../../api/topic-of.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { coordinationMessages } from './messages.ts'

/** Who holds a lock or leads an election, since when where the timeline knows it, and who waits behind, in order. */
export function LineDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const t = useMessages(coordinationMessages)
  const query = useOperation('coordination.lock', { params: { lock: name }, query: {} }, topicsOf(`${name}/`))
  const elected = useOperation('timeline.list', { query: { name, kind: 'leader.elected', limit: 1 } }, [
    'waypost/timeline',
  ])
  const since = elected.data?.events[0]?.at
  return (
    <Dialog title={name} size="large" onClose={onClose}>
      <QueryView query={query}>
        {({ holder, queue }) => (
          <div className="stack">
            {since !== undefined && holder !== undefined && (
              <p>
                {t.leadsSince} <Time at={since} />
              </p>
            )}
            <Table
              label={t.inLine}
              rows={holder === undefined ? queue : [holder, ...queue]}
              rowKey={({ key }) => key}
              columns={[
                {
                  id: 'place',
                  title: t.place,
                  width: '110px',
                  cell: ({ key }) =>
                    key === holder?.key ? (
                      <Badge tone="ok">{t.holds}</Badge>
                    ) : (
                      queue.findIndex((place) => place.key === key) + 1
                    ),
                },
                {
                  id: 'who',
                  title: t.who,
                  width: 'minmax(120px, 2fr)',
                  cell: ({ value, session }) => <bdi title={session}>{value === '' ? session : value}</bdi>,
                },
                {
                  id: 'token',
                  title: t.token,
                  width: '110px',
                  align: 'end',
                  cell: ({ token }) => <code>{token}</code>,
                },
              ]}
            />
          </div>
        )}
      </QueryView>
    </Dialog>
  )
}
