import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { TextField } from '../../ui/field.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { timelineMessages } from './messages.ts'

type Known = ResultOf<'timeline.at'>['instances'][number]

/** What was registered and published at a moment in the past. */
export function MomentPanel() {
  const t = useMessages(timelineMessages)
  const [text, setText] = useState('')
  const [service, setService] = useState('')
  const [asked, setAsked] = useState<{ readonly moment: string; readonly service: string }>()
  const atMs = Date.parse(text)
  const query = useOperation(
    'timeline.at',
    asked === undefined
      ? undefined
      : { query: { moment: asked.moment, ...(asked.service === '' ? {} : { service: asked.service }) } },
  )
  return (
    <div className="stack">
      <Panel>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault()
            setAsked({ moment: new Date(atMs).toISOString(), service: service.trim() })
          }}
        >
          <div className="grid-2">
            <TextField label={t.moment} hint={t.momentHint} type="datetime-local" value={text} onChange={setText} />
            <TextField label={t.service} hint={t.serviceHint} value={service} onChange={setService} />
          </div>
          <div className="row">
            <Button look="primary" type="submit" disabled={Number.isNaN(atMs)}>
              {t.show}
            </Button>
          </div>
        </form>
      </Panel>
      {asked === undefined ? (
        <EmptyState icon="timeline" title={t.momentEmpty} />
      ) : (
        <QueryView query={query}>
          {({ revision, instances, overrides, documents, canaries }) => (
            <div className="stack">
              <p className="muted">{t.asOf(revision)}</p>
              <Things title={t.instances} things={instances} />
              <Things title={t.overrides} things={overrides} />
              <Things title={t.documents} things={documents} />
              <Things title={t.canaries} things={canaries} />
            </div>
          )}
        </QueryView>
      )}
    </div>
  )
}

function Things({ title, things }: { readonly title: string; readonly things: readonly Known[] }) {
  const t = useMessages(timelineMessages)
  const columns: readonly Column<Known>[] = [
    {
      id: 'name',
      title: t.name,
      width: 'minmax(140px, 1fr)',
      sort: ({ name }) => name,
      cell: ({ name }) => <span className="foreign">{name}</span>,
    },
    {
      id: 'facts',
      title: t.facts,
      width: 'minmax(160px, 2fr)',
      cell: ({ facts }) => <code className="foreign truncate">{JSON.stringify(facts)}</code>,
    },
  ]
  return (
    <Panel flush title={`${title} ${things.length.toLocaleString()}`}>
      <Table
        label={title}
        rows={things}
        rowKey={({ name }) => name}
        columns={columns}
        maxHeight="40vh"
        empty={<p className="muted panel-foot">{t.nothing}</p>}
      />
    </Panel>
  )
}
