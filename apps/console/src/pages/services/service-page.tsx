import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { PageHead, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { FollowerTable } from './follower-table.tsx'
import { HistoryPanel } from './history-panel.tsx'
import { InstanceTable } from './instance-table.tsx'
import { servicesMessages } from './messages.ts'
import { SuspectsPanel } from './suspects-panel.tsx'
import { useInstances } from './use-instances.ts'

/** One service: its instances, live, who follows it, and what happened to it. */
export function ServicePage() {
  const { name } = useParams({ from: '/services/$name' })
  // Nothing of one service is shown below the name of another, not for a moment.
  return <Service key={name} name={name} />
}

function Service({ name }: { readonly name: string }) {
  const t = useMessages(servicesMessages)
  const navigate = useNavigate()
  const { tab = 'instances' } = useSearch({ from: '/services/$name' })
  const query = useInstances(name)
  const followers = useOperation('services.followers', { params: { name } }, ['waypost/services/subscribers'])
  const instances = query.data?.instances ?? []
  const up = instances.filter(({ status }) => status === 'up').length
  return (
    <>
      <PageHead
        above={<Link to="/services">{t.back}</Link>}
        title={name}
        about={
          query.data !== undefined && (
            <Badge tone={up === 0 ? 'bad' : up < instances.length ? 'warn' : 'ok'}>
              {t.upOf(up, instances.length)}
            </Badge>
          )
        }
      />
      <Tabs
        label={name}
        value={tab}
        onChange={(id) => void navigate({ to: '/services/$name', params: { name }, search: { tab: id } })}
        tabs={[
          { id: 'instances', title: `${t.tabInstances} ${instances.length.toLocaleString()}` },
          { id: 'followers', title: `${t.tabFollowers} ${followers.data?.followers.length.toLocaleString() ?? ''}` },
          { id: 'history', title: t.tabHistory },
        ]}
      >
        {tab === 'history' ? (
          <HistoryPanel service={name} />
        ) : tab === 'instances' ? (
          <>
            <QueryView query={query}>
              {({ instances: rows }) => (
                <Panel flush>
                  <InstanceTable service={name} instances={rows} />
                </Panel>
              )}
            </QueryView>
            <SuspectsPanel service={name} />
          </>
        ) : (
          <QueryView query={followers}>
            {({ followers: rows }) => (
              <Panel flush>
                <FollowerTable followers={rows} />
              </Panel>
            )}
          </QueryView>
        )}
      </Tabs>
    </>
  )
}
