import { Suspense, useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { formatBytes } from '../../i18n/format.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Select } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Note } from '../../ui/note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loading, QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { notify } from '../../ui/toasts.tsx'
import { Diff, type Document } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'
import { useReleaseFields } from './release-fields.tsx'

type Release = ResultOf<'config.history'>['releases'][number]

const limit = 200

/** Every release: any two can be compared, and each can come back. */
export function HistoryPanel({ path, document }: { readonly path: string; readonly document: Document }) {
  const t = useMessages(configurationMessages)
  const [opened, setOpened] = useState<number>()
  const query = useOperation('config.history', { params: { path }, query: { limit } }, ['waypost/config/heads'])
  const kinds = {
    publish: t.kindPublish,
    rollback: t.kindRollback,
    delete: t.kindDelete,
    import: t.kindImport,
    external: t.kindExternal,
    promote: t.kindPromote,
  }
  const columns: readonly Column<Release>[] = [
    { id: 'release', title: t.release, width: '90px', sort: ({ release }) => release, cell: ({ release }) => release },
    {
      id: 'kind',
      title: t.kind,
      width: 'minmax(110px, 1fr)',
      cell: ({ kind, restores }) => (
        <Badge tone={kind === 'external' ? 'warn' : kind === 'delete' ? 'bad' : 'quiet'}>
          {restores === undefined ? kinds[kind] : t.restores(restores)}
        </Badge>
      ),
    },
    { id: 'author', title: t.author, cell: ({ author }) => <span className="foreign">{author ?? '–'}</span> },
    {
      id: 'comment',
      title: t.comment,
      width: 'minmax(120px, 2fr)',
      minTableWidth: 620,
      cell: ({ comment }) => <span className="foreign">{comment ?? ''}</span>,
    },
    { id: 'at', title: t.at, width: '110px', cell: ({ at }) => <Time at={at} /> },
    {
      id: 'size',
      title: t.size,
      width: '90px',
      align: 'end',
      minTableWidth: 720,
      cell: ({ size }) => formatBytes(size),
    },
  ]
  return (
    <QueryView query={query}>
      {({ releases }) => (
        <Panel flush>
          <Table
            label={t.tabHistory}
            rows={releases}
            rowKey={({ release }) => String(release)}
            columns={columns}
            onOpen={({ release }) => setOpened(release)}
            empty={<EmptyState icon="configuration" title={t.historyEmpty} />}
          />
          {opened !== undefined && (
            <ReleaseDialog
              path={path}
              document={document}
              releases={releases}
              number={opened}
              onClose={() => setOpened(undefined)}
            />
          )}
        </Panel>
      )}
    </QueryView>
  )
}

/** One release beside another, the one before it at first. */
function ReleaseDialog({
  path,
  document,
  releases,
  number,
  onClose,
}: {
  readonly path: string
  readonly document: Document
  readonly releases: readonly Release[]
  readonly number: number
  readonly onClose: () => void
}) {
  const t = useMessages(configurationMessages)
  const ui = useMessages(uiMessages)
  const lacks = useLacks('write', `/config/${path}`)
  const [other, setOther] = useState(String(number - 1))
  const { fields, given } = useReleaseFields()
  /** What was in force as one decided: a release that came after it is not rolled back unseen. */
  const [expectedRelease] = useState(document.release)
  const shown = useOperation('config.release', { params: { path, release: number } })
  const compared = useOperation(
    'config.release',
    other === 'now' || other === '0' ? undefined : { params: { path, release: Number(other) } },
  )
  const rollback = useChange('config.rollback', {
    onDone: ({ release }) => {
      notify(t.rolledBack(path, release))
      onClose()
    },
  })
  const options = [
    ['now', t.inForce] as const,
    ...releases.map(({ release }) => [String(release), t.releaseNumber(release)] as const),
    ['0', t.beforeFirst] as const,
  ].filter(([id]) => id !== String(number))
  const name = options.find(([id]) => id === other)?.[1] ?? t.releaseNumber(Number(other))
  const text = other === 'now' ? document.content : other === '0' ? '' : compared.data?.content
  const isCurrent = number === document.release && !document.changedByHand
  return (
    <Dialog
      title={t.compareTitle(name, t.releaseNumber(number))}
      size="large"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{ui.close}</Button>
          <Button
            look="primary"
            icon="undo"
            lacks={lacks}
            disabled={isCurrent}
            isBusy={rollback.isPending}
            onClick={() =>
              rollback.mutate({
                params: { path },
                body: { release: number, expectedRelease, ...given },
              })
            }
          >
            {t.rollbackTitle(number)}
          </Button>
        </>
      }
    >
      <div className="stack">
        {rollback.error !== null && <ErrorPanel error={rollback.error} />}
        {compared.error !== null && <ErrorPanel error={compared.error} />}
        <Select label={t.compareWith} value={other} options={options} onChange={setOther} />
        <QueryView query={shown}>
          {({ content, encoding }) =>
            encoding === 'base64' ? (
              <Note>{t.binary}</Note>
            ) : (
              <Suspense fallback={<Loading />}>
                <Diff path={path} before={text ?? ''} after={content ?? ''} label={t.difference} height="44vh" />
              </Suspense>
            )
          }
        </QueryView>
        {!isCurrent && (
          <>
            <Note>{t.rollbackAbout}</Note>
            {fields}
          </>
        )}
      </div>
    </Dialog>
  )
}
