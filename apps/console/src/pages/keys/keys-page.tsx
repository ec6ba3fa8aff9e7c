import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useSettled } from '../../app/use-settled.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { SearchField, Select, TextField } from '../../ui/field.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { KeyDialog } from './key-dialog.tsx'
import { keysMessages } from './messages.ts'
import { NewKeyDialog } from './new-key-dialog.tsx'
import { type ListedKeys, useKeys } from './use-keys.ts'
import { WatchPanel } from './watch-panel.tsx'

type Row =
  | { readonly kind: 'folder'; readonly folder: ListedKeys['folders'][number] }
  | { readonly kind: 'key'; readonly key: ListedKeys['keys'][number] }

/** Every key: as folders or as a list, now or at a revision that is kept. The address of the page says where one is. */
export function KeysPage() {
  const t = useMessages(keysMessages)
  const navigate = useNavigate()
  const { prefix = '', view = 'tree', key: opened, at = '' } = useSearch({ from: '/keys' })
  const [text, setText] = useState('')
  const [isAdding, setAdding] = useState(false)
  const [isWatching, setWatching] = useState(false)
  const search = useSettled(text.trim(), 200)
  const revision = useSettled(at, 300)
  const asked = {
    prefix,
    level: view === 'tree' && search === '',
    ...(search === '' ? {} : { search }),
    ...(/^\d+$/.test(revision) ? { revision } : {}),
  }
  const [shown, setShown] = useState({ of: '', pages: 1 })
  const place = JSON.stringify(asked)
  const pages = shown.of === place ? shown.pages : 1
  const query = useKeys(asked, pages)
  const more = (): void => {
    if (query.data?.next !== undefined && !query.isFetching) setShown({ of: place, pages: pages + 1 })
  }
  const go = (next: { prefix?: string; view?: 'tree' | 'list'; key?: string; at?: string }): void =>
    void navigate({ to: '/keys', search: { prefix, view, at, ...next } })
  return (
    <>
      <PageHead
        title={t.title}
        about={t.about}
        actions={
          <>
            <Button icon="timeline" aria-pressed={isWatching} onClick={() => setWatching(!isWatching)}>
              {t.watch}
            </Button>
            <Button icon="plus" look="primary" onClick={() => setAdding(true)}>
              {t.add}
            </Button>
          </>
        }
      />
      <div className="filters">
        <SearchField label={t.search} value={text} onChange={setText} />
        <Select
          label={t.level}
          isLabelHidden
          value={view}
          onChange={(next) => go({ view: next })}
          options={[
            ['tree', t.level],
            ['list', t.flat],
          ]}
        />
        <TextField
          label={t.revision}
          value={at}
          placeholder={t.revisionHint}
          inputMode="numeric"
          onChange={(value) => go({ at: value.replaceAll(/\D/g, '') })}
        />
      </div>
      <Breadcrumb prefix={prefix} onGo={(next) => go({ prefix: next })} />
      {isWatching && (
        <WatchPanel
          prefix={prefix === '' ? '/' : prefix}
          onKey={(key) => go({ key })}
          onClose={() => setWatching(false)}
        />
      )}
      {revision !== '' && <Note>{t.asOf(revision)}</Note>}
      <QueryView query={query}>
        {({ folders, keys, count, next }) => (
          <Panel
            flush
            title={
              <span className="muted small">
                {next === undefined ? t.counted(count) : t.countedPart(folders.length + keys.length, count)}
              </span>
            }
          >
            <KeyTable
              rows={[
                ...folders.map((folder) => ({ kind: 'folder' as const, folder })),
                ...keys.map((key) => ({ kind: 'key' as const, key })),
              ]}
              prefix={prefix}
              onFolder={(next) => go({ prefix: next })}
              onKey={(key) => go({ key })}
              onEnd={more}
            />
          </Panel>
        )}
      </QueryView>
      {opened !== undefined && (
        <KeyDialog
          key={opened}
          name={opened}
          onClose={() => void navigate({ to: '/keys', search: { prefix, view, at } })}
        />
      )}
      {isAdding && <NewKeyDialog prefix={prefix} onClose={() => setAdding(false)} />}
    </>
  )
}

function Breadcrumb({ prefix, onGo }: { readonly prefix: string; readonly onGo: (prefix: string) => void }) {
  const t = useMessages(keysMessages)
  const parts = prefix.split('/').slice(0, -1)
  return (
    <nav className="row wrap" aria-label={t.prefix}>
      <Link to="/keys">{t.root}</Link>
      {parts.map((part, index) => {
        const upTo = `${parts.slice(0, index + 1).join('/')}/`
        return (
          <span key={upTo} className="row">
            <Icon name="chevron" size={10} />
            <button type="button" className="link" onClick={() => onGo(upTo)}>
              <bdi>{part === '' ? '/' : part}</bdi>
            </button>
          </span>
        )
      })}
    </nav>
  )
}

function KeyTable({
  rows,
  prefix,
  onFolder,
  onKey,
  onEnd,
}: {
  readonly rows: readonly Row[]
  readonly prefix: string
  readonly onFolder: (prefix: string) => void
  readonly onKey: (key: string) => void
  readonly onEnd: () => void
}) {
  const t = useMessages(keysMessages)
  const nameOf = (row: Row): string => (row.kind === 'folder' ? row.folder.prefix : row.key.key)
  const columns: readonly Column<Row>[] = [
    {
      id: 'key',
      title: t.key,
      width: 'minmax(160px, 3fr)',
      sort: nameOf,
      cell: (row) => (
        <span className="row">
          <Icon name={row.kind === 'folder' ? 'folder' : 'keys'} />
          <bdi className="truncate mono" title={nameOf(row)}>
            {nameOf(row).slice(prefix.length)}
          </bdi>
        </span>
      ),
    },
    {
      id: 'size',
      title: t.size,
      width: '110px',
      align: 'end',
      cell: (row) =>
        row.kind === 'folder' ? (
          <span className="faint">{t.folderOf(row.folder.keys)}</span>
        ) : (
          (row.key.size?.toLocaleString() ?? '')
        ),
    },
    {
      id: 'changed',
      title: t.changed,
      width: '120px',
      align: 'end',
      minTableWidth: 520,
      sort: (row) => (row.kind === 'folder' ? -1 : Number(row.key.modRevision)),
      cell: (row) => (row.kind === 'folder' ? '' : row.key.modRevision),
    },
    {
      id: 'version',
      title: t.version,
      width: '90px',
      align: 'end',
      minTableWidth: 640,
      cell: (row) => (row.kind === 'folder' ? '' : row.key.version),
    },
    {
      id: 'lease',
      title: t.lease,
      width: '180px',
      minTableWidth: 820,
      cell: (row) => <code>{row.kind === 'folder' ? '' : (row.key.lease ?? '')}</code>,
    },
  ]
  return (
    <Table
      label={t.title}
      rows={rows}
      rowKey={(row) => `${row.kind} ${nameOf(row)}`}
      columns={columns}
      onEnd={onEnd}
      onOpen={(row) => (row.kind === 'folder' ? onFolder(row.folder.prefix) : onKey(row.key.key))}
      empty={<EmptyState icon="keys" title={t.empty} command="npx waypost put /hello world" />}
    />
  )
}
