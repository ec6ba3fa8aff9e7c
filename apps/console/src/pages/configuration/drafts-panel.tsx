import { Link, useNavigate } from '@tanstack/react-router'
import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { draftTones } from './draft-panel.tsx'
import { configurationMessages } from './messages.ts'

type Draft = ResultOf<'config.drafts'>['drafts'][number]

const limit = 1_000

/** Everything that waits for somebody, over all documents. */
export function DraftsPanel() {
  const t = useMessages(configurationMessages)
  const navigate = useNavigate()
  const query = useOperation('config.drafts', { query: { limit } }, ['waypost/config/drafts'])
  const words = { draft: t.draftDraft, submitted: t.draftSubmitted, approved: t.draftApproved }
  const columns: readonly Column<Draft>[] = [
    {
      id: 'path',
      title: t.path,
      width: 'minmax(140px, 2fr)',
      sort: ({ path }) => path,
      cell: ({ path }) => (
        <Link to="/configuration/$path" params={{ path }} search={{ tab: 'draft' }} className="foreign">
          {path}
        </Link>
      ),
    },
    {
      id: 'state',
      title: t.draftState,
      width: '140px',
      sort: ({ state }) => state,
      cell: ({ state }) => <Badge tone={draftTones[state]}>{words[state]}</Badge>,
    },
    {
      id: 'author',
      title: t.author,
      minTableWidth: 420,
      cell: ({ author }) => <span className="foreign">{author}</span>,
    },
    {
      id: 'comment',
      title: t.comment,
      width: 'minmax(120px, 2fr)',
      minTableWidth: 680,
      cell: ({ comment }) => <span className="foreign">{comment ?? ''}</span>,
    },
    { id: 'at', title: t.at, width: '110px', minTableWidth: 520, cell: ({ at }) => <Time at={at} /> },
  ]
  return (
    <QueryView query={query}>
      {({ drafts }) => (
        <Panel flush>
          <Table
            label={t.viewDrafts}
            rows={drafts}
            rowKey={({ path }) => path}
            columns={columns}
            onOpen={({ path }) =>
              void navigate({ to: '/configuration/$path', params: { path }, search: { tab: 'draft' } })
            }
            empty={<EmptyState icon="configuration" title={t.draftsEmpty} />}
          />
        </Panel>
      )}
    </QueryView>
  )
}
