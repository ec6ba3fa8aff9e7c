import { useState } from 'react'
import { call, type ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useSettled } from '../../app/use-settled.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { SearchField, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Facts, PageHead, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { auditMessages } from './messages.ts'

type Entry = ResultOf<'audit.list'>['entries'][number]
type Verified = ResultOf<'audit.verify'>

const limit = 200

/** Who did what, the latest first. */
export function AuditPage() {
  const t = useMessages(auditMessages)
  const [text, setText] = useState('')
  const [author, setAuthor] = useState('')
  const [action, setAction] = useState('')
  const [before, setBefore] = useState<string>()
  const [opened, setOpened] = useState<Entry>()
  const [verified, setVerified] = useState<Verified | { readonly error: unknown }>()
  const filter = useSettled(JSON.stringify({ search: text.trim(), author: author.trim(), action: action.trim() }), 250)
  const wanted = Object.fromEntries(Object.entries<string>(JSON.parse(filter)).filter(([, value]) => value !== ''))
  const query = useOperation(
    'audit.list',
    { query: { limit, ...wanted, ...(before === undefined ? {} : { before }) } },
    ['waypost/audit'],
  )
  const verify = (): void =>
    void call('audit.verify', { query: {} }).then(setVerified, (error: unknown) => setVerified({ error }))
  return (
    <>
      <PageHead
        title={t.title}
        about={t.about}
        actions={
          <Button icon="check" onClick={verify}>
            {t.verify}
          </Button>
        }
      />
      {verified !== undefined && <Verdict verified={verified} />}
      <div className="filters">
        <SearchField label={t.search} value={text} onChange={setText} />
        <TextField label={t.author} value={author} onChange={setAuthor} placeholder={t.anyone} />
        <TextField label={t.action} value={action} onChange={setAction} placeholder={t.allActions} />
      </div>
      <QueryView query={query}>
        {({ entries, damaged, next }) => (
          <>
            {damaged.length > 0 && <Note tone="warn">{t.damaged(damaged.length)}</Note>}
            <Panel flush>
              <Entries entries={entries} isFiltered={Object.keys(wanted).length > 0} onOpen={setOpened} />
            </Panel>
            {next !== undefined && (
              <div className="row">
                <Button onClick={() => setBefore(next)}>{t.older}</Button>
              </div>
            )}
          </>
        )}
      </QueryView>
      {opened !== undefined && <EntryDialog entry={opened} onClose={() => setOpened(undefined)} />}
    </>
  )
}

function Verdict({ verified }: { readonly verified: Verified | { readonly error: unknown } }) {
  const t = useMessages(auditMessages)
  if ('error' in verified) return <ErrorPanel error={verified.error} />
  if (verified.faults.length === 0) return <Note tone="ok">{t.whole(verified.chained)}</Note>
  return (
    <Note tone="bad">
      {t.broken(verified.faults.length)}
      <ul>
        {verified.faults.map(({ message }) => (
          <li key={message} className="foreign">
            {message}
          </li>
        ))}
      </ul>
    </Note>
  )
}

function Entries({
  entries,
  isFiltered,
  onOpen,
}: {
  readonly entries: readonly Entry[]
  readonly isFiltered: boolean
  readonly onOpen: (entry: Entry) => void
}) {
  const t = useMessages(auditMessages)
  const columns: readonly Column<Entry>[] = [
    { id: 'when', title: t.when, width: '110px', cell: ({ at }) => <Time at={at} /> },
    { id: 'who', title: t.author, width: 'minmax(80px, 1fr)', cell: ({ author }) => <bdi>{author ?? '–'}</bdi> },
    { id: 'what', title: t.action, width: 'minmax(110px, 1fr)', cell: ({ action }) => <Badge>{action}</Badge> },
    {
      id: 'on',
      title: t.subject,
      width: 'minmax(120px, 2fr)',
      minTableWidth: 560,
      cell: (entry) => <bdi className="mono">{subjectOf(entry)}</bdi>,
    },
    {
      id: 'comment',
      title: t.comment,
      width: 'minmax(100px, 1.6fr)',
      minTableWidth: 760,
      cell: ({ comment, detail }) => <bdi>{comment ?? detail ?? ''}</bdi>,
    },
    {
      id: 'from',
      title: t.from,
      width: 'minmax(90px, 1fr)',
      minTableWidth: 900,
      cell: ({ address, process }) => <bdi className="mono">{address ?? process ?? '–'}</bdi>,
    },
  ]
  return (
    <Table
      label={t.title}
      rows={entries}
      rowKey={({ revision, sequence, action, at }) => `${revision} ${sequence ?? ''} ${action} ${at}`}
      columns={columns}
      onOpen={onOpen}
      empty={
        isFiltered ? (
          <EmptyState icon="search" title={t.nothingFits} />
        ) : (
          <EmptyState icon="audit" title={t.empty}>
            {t.emptyAbout}
          </EmptyState>
        )
      }
    />
  )
}

function EntryDialog({ entry, onClose }: { readonly entry: Entry; readonly onClose: () => void }) {
  const t = useMessages(auditMessages)
  return (
    <Dialog title={entry.action} size="side" onClose={onClose}>
      <Facts
        facts={[
          [t.when, <Time key="when" at={entry.at} />],
          [t.author, <bdi key="who">{entry.author ?? '–'}</bdi>],
          [t.from, entry.address ?? '–'],
          [t.process, <bdi key="process">{entry.process ?? '–'}</bdi>],
          [t.subject, <bdi key="subject">{subjectOf(entry)}</bdi>],
          [t.comment, <bdi key="comment">{entry.comment ?? '–'}</bdi>],
          [t.details, <bdi key="detail">{entry.detail ?? '–'}</bdi>],
          [t.revision, entry.revision],
        ]}
      />
    </Dialog>
  )
}

function subjectOf({ paths, instances }: Entry): string {
  return [...paths, ...instances].join(', ') || '–'
}
