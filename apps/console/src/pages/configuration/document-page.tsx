import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { PageHead } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Time } from '../../ui/time.tsx'
import { CanaryPanel } from './canary-panel.tsx'
import './configuration.css'
import { DocumentPanel } from './document-panel.tsx'
import { DraftPanel } from './draft-panel.tsx'
import { HistoryPanel } from './history-panel.tsx'
import { configurationMessages } from './messages.ts'
import { ProcessPanel } from './process-panel.tsx'

/** One document: what is in force, its history, who runs what of it, its canaries and its draft. */
export function DocumentPage() {
  const { path } = useParams({ from: '/configuration/$path' })
  // Nothing of one document is shown below the path of another, not for a moment.
  return <OneDocument key={path} path={path} />
}

function OneDocument({ path }: { readonly path: string }) {
  const t = useMessages(configurationMessages)
  const navigate = useNavigate()
  const { tab = 'document', edit } = useSearch({ from: '/configuration/$path' })
  const query = useOperation('config.read', { params: { path } }, [`config/${path}`, 'waypost/config/heads'])
  const { data } = query
  return (
    <>
      <PageHead
        above={<Link to="/configuration">{t.back}</Link>}
        title={path}
        about={
          data?.exists && (
            <span className="row wrap">
              <Badge tone={data.changedByHand ? 'warn' : 'quiet'}>
                {data.changedByHand ? t.changedByHand : t.releaseNumber(data.release)}
              </Badge>
              {data.author !== undefined && <span className="foreign">{t.byAuthor(data.author)}</span>}
              <Time at={data.at} />
            </span>
          )
        }
      />
      <Tabs
        label={path}
        value={tab}
        onChange={(id) => void navigate({ to: '/configuration/$path', params: { path }, search: { tab: id } })}
        tabs={[
          { id: 'document', title: t.tabDocument },
          { id: 'history', title: t.tabHistory },
          { id: 'processes', title: t.tabProcesses },
          { id: 'canaries', title: t.tabCanaries },
          { id: 'draft', title: t.tabDraft },
        ]}
      >
        <QueryView query={query}>
          {(document) => (
            <>
              {tab === 'document' && <DocumentPanel path={path} document={document} isEditing={edit === 'yes'} />}
              {tab === 'history' && <HistoryPanel path={path} document={document} />}
              {tab === 'processes' && <ProcessPanel path={path} />}
              {tab === 'canaries' && <CanaryPanel path={path} document={document} />}
              {tab === 'draft' && <DraftPanel path={path} document={document} />}
            </>
          )}
        </QueryView>
      </Tabs>
    </>
  )
}
