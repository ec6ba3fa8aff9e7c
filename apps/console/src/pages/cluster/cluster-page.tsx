import { useState } from 'react'
import { type ResultOf, urlOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacksRoot } from '../../app/rights.ts'
import { formatBytes } from '../../i18n/format.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge, Status } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead, Panel, Stat } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { notify } from '../../ui/toasts.tsx'
import { clusterMessages } from './messages.ts'

type Cluster = ResultOf<'cluster.read'>
type Member = Cluster['members'][number]

/** Who the members are, how they are, and what an operator may do for them. */
export function ClusterPage() {
  const t = useMessages(clusterMessages)
  const lacks = useLacksRoot() ? t.rootNeeded : undefined
  /** A compaction with the revision that one is asked about, however far the store has come since. */
  const [asked, setAsked] = useState<{ readonly compactTo: string } | 'defragment'>()
  const query = useOperation('cluster.read', {}, ['services', 'config', 'waypost', 'keys'])
  const compact = useChange('cluster.compact', { onDone: () => notify(t.compacted) })
  const defragment = useChange('cluster.defragment', {
    onDone: ({ members }) => notify(t.defragmented(members.length)),
  })
  const disarm = useChange('cluster.disarm', { onDone: () => notify(t.disarmed) })
  const error = compact.error ?? defragment.error ?? disarm.error
  return (
    <>
      <PageHead
        title={t.title}
        about={t.about}
        actions={
          <>
            {lacks === undefined ? (
              <a className="button default" href={urlOf('cluster.snapshot', {})} download>
                <Icon name="download" />
                {t.snapshot}
              </a>
            ) : (
              <Button icon="download" lacks={lacks}>
                {t.snapshot}
              </Button>
            )}
            <Button lacks={lacks} onClick={() => query.data && setAsked({ compactTo: query.data.revision })}>
              {t.compact}
            </Button>
            <Button lacks={lacks} isBusy={defragment.isPending} onClick={() => setAsked('defragment')}>
              {t.defragment}
            </Button>
          </>
        }
      />
      {error !== null && <ErrorPanel error={error} />}
      <QueryView query={query}>
        {(cluster) => (
          <>
            <Figures cluster={cluster} />
            {cluster.alarms.map(({ member, type }) => (
              <Note key={`${member} ${type}`} tone="bad">
                <div className="row between">
                  {t.alarmOf(type, member)}
                  <Button
                    className="small"
                    isBusy={disarm.isPending}
                    onClick={() => disarm.mutate({ query: { member } })}
                  >
                    {t.disarm}
                  </Button>
                </div>
              </Note>
            ))}
            <Panel title={t.members} flush>
              <Members members={cluster.members} />
            </Panel>
          </>
        )}
      </QueryView>
      {asked !== undefined && (
        <ConfirmDialog
          title={asked === 'defragment' ? t.defragment : t.compact}
          action={asked === 'defragment' ? t.defragment : t.compact}
          onClose={() => setAsked(undefined)}
          onConfirm={() => {
            setAsked(undefined)
            if (asked === 'defragment') defragment.mutate({ body: {} })
            else compact.mutate({ body: { revision: asked.compactTo } })
          }}
        >
          <p>{asked === 'defragment' ? t.defragmentAbout : t.compactAbout(asked.compactTo)}</p>
        </ConfirmDialog>
      )}
    </>
  )
}

function Figures({ cluster: { members, revision, alarms } }: { readonly cluster: Cluster }) {
  const t = useMessages(clusterMessages)
  const reachable = members.filter(({ isReachable }) => isReachable).length
  const leader = members.find(({ isLeader }) => isLeader)
  const quota = leader?.dbSizeQuotaBytes
  return (
    <dl className="stats">
      <Stat
        label={t.reachable}
        value={`${reachable} / ${members.length}`}
        {...(reachable < members.length ? { tone: 'bad' as const } : {})}
      />
      <Stat label={t.leader} value={<bdi>{leader?.name ?? '–'}</bdi>} />
      <Stat label={t.revision} value={revision} />
      <Stat
        label={t.size}
        value={formatBytes(leader?.dbSizeBytes ?? 0)}
        detail={quota === undefined || quota === 0 ? undefined : t.ofQuota(formatBytes(quota))}
      />
      <Stat label={t.alarms} value={String(alarms.length)} {...(alarms.length > 0 ? { tone: 'bad' as const } : {})} />
    </dl>
  )
}

function Members({ members }: { readonly members: readonly Member[] }) {
  const t = useMessages(clusterMessages)
  const columns: readonly Column<Member>[] = [
    {
      id: 'name',
      title: t.member,
      width: 'minmax(110px, 1.4fr)',
      cell: ({ name, id }) => <bdi title={id}>{name || id}</bdi>,
    },
    {
      id: 'state',
      title: t.state,
      width: '130px',
      cell: ({ isReachable, error }) => (
        <span title={error}>
          <Status tone={isReachable ? 'ok' : 'bad'}>{isReachable ? t.reachable : t.unreachable}</Status>
        </span>
      ),
    },
    {
      id: 'role',
      title: t.role,
      width: '100px',
      cell: ({ isLeader, isLearner }) => (
        <Badge tone={isLeader ? 'info' : 'quiet'}>{isLeader ? t.leader : isLearner ? t.learner : t.follower}</Badge>
      ),
    },
    { id: 'version', title: t.version, width: '90px', minTableWidth: 560, cell: ({ version }) => version ?? '–' },
    {
      id: 'size',
      title: t.size,
      width: '100px',
      align: 'end',
      minTableWidth: 480,
      cell: ({ dbSizeBytes }) => (dbSizeBytes === undefined ? '–' : formatBytes(dbSizeBytes)),
    },
    {
      id: 'use',
      title: t.inUse,
      width: '100px',
      align: 'end',
      minTableWidth: 700,
      cell: ({ dbSizeInUseBytes }) => (dbSizeInUseBytes === undefined ? '–' : formatBytes(dbSizeInUseBytes)),
    },
    {
      id: 'revision',
      title: t.revision,
      width: '110px',
      align: 'end',
      minTableWidth: 800,
      cell: ({ revision }) => revision ?? '–',
    },
    {
      id: 'raft',
      title: t.raft,
      width: '110px',
      align: 'end',
      minTableWidth: 1000,
      cell: ({ raftIndex }) => raftIndex ?? '–',
    },
    {
      id: 'address',
      title: t.address,
      width: 'minmax(120px, 1.6fr)',
      minTableWidth: 900,
      cell: ({ clientUrls }) => <code>{clientUrls.join(', ')}</code>,
    },
  ]
  return <Table label={t.members} rows={members} rowKey={({ id }) => id} columns={columns} />
}
