import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Panel } from '../../ui/panel.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { keysMessages } from './messages.ts'
import { type KeyEvent, useKeyWatch } from './use-key-watch.ts'

/** Every change of the keys below a prefix as it happens, none left out. */
export function WatchPanel({
  prefix,
  onKey,
  onClose,
}: {
  readonly prefix: string
  readonly onKey: (key: string) => void
  readonly onClose: () => void
}) {
  const t = useMessages(keysMessages)
  const { events, error } = useKeyWatch(prefix)
  const columns: readonly Column<KeyEvent>[] = [
    { id: 'at', title: t.when, width: '110px', minTableWidth: 560, cell: ({ atMs }) => <Time at={atMs} /> },
    {
      id: 'type',
      title: t.change,
      width: '84px',
      cell: ({ type }) => <Badge tone={type === 'put' ? 'info' : 'bad'}>{type === 'put' ? t.put : t.deleted}</Badge>,
    },
    {
      id: 'key',
      title: t.key,
      width: 'minmax(140px, 2fr)',
      cell: ({ key }) => <bdi className="mono">{key}</bdi>,
    },
    {
      id: 'value',
      title: t.value,
      width: 'minmax(100px, 2fr)',
      minTableWidth: 640,
      cell: ({ value }) => <code className="faint">{value.slice(0, 200)}</code>,
    },
    {
      id: 'revision',
      title: t.changed,
      width: '100px',
      align: 'end',
      minTableWidth: 460,
      cell: ({ modRevision }) => modRevision,
    },
  ]
  return (
    <Panel
      flush
      title={<span className="foreign">{t.watching(prefix)}</span>}
      actions={
        <Button className="small" icon="close" onClick={onClose}>
          {t.stopWatching}
        </Button>
      }
    >
      {error !== undefined && <ErrorPanel error={error} />}
      <Table
        label={t.watching(prefix)}
        rows={events}
        rowKey={({ id }) => id}
        columns={columns}
        maxHeight="32vh"
        onOpen={({ key }) => onKey(key)}
        empty={
          <p className="muted panel-note" role="status">
            {t.watchEmpty}
          </p>
        }
      />
    </Panel>
  )
}
