import { Link } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { InputOf, ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Checkbox, SearchField, TextField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loading, QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { shown } from './affected.tsx'
import { Diff } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'

type Explained = ResultOf<'config.explain'>['keys'][number]
type Target = InputOf<'config.effective'>['query']

interface Fields {
  readonly app: string
  readonly profile: string
  readonly instance: string
  readonly zone: string
}

const empty: Fields = { app: '', profile: '', instance: '', zone: '' }

/** What an application gets in the end, where each value comes from, and how two of them differ. */
export function EffectivePanel() {
  const t = useMessages(configurationMessages)
  const [fields, setFields] = useState<readonly [Fields, Fields]>([empty, empty])
  const [isPair, setPair] = useState(false)
  const [asked, setAsked] = useState<readonly Target[]>([])
  const set = (index: 0 | 1, next: Fields): void => setFields(index === 0 ? [next, fields[1]] : [fields[0], next])
  return (
    <div className="stack">
      <Panel>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault()
            setAsked((isPair ? fields : fields.slice(0, 1)).map(targetOf))
          }}
        >
          <p className="muted">{t.effectiveAbout}</p>
          <TargetFields title={isPair ? t.leftSide : undefined} fields={fields[0]} onChange={(next) => set(0, next)} />
          {isPair && <TargetFields title={t.rightSide} fields={fields[1]} onChange={(next) => set(1, next)} />}
          <div className="row wrap between">
            <Checkbox label={t.compareTwo} checked={isPair} onChange={setPair} />
            <Button
              look="primary"
              type="submit"
              disabled={fields[0].app.trim() === '' || (isPair && fields[1].app.trim() === '')}
            >
              {t.show}
            </Button>
          </div>
        </form>
      </Panel>
      {asked[0] === undefined ? (
        <EmptyState icon="configuration" title={t.effectiveEmpty} command="npx waypost config explain order" />
      ) : asked[1] === undefined ? (
        <Effective target={asked[0]} />
      ) : (
        <Compared left={asked[0]} right={asked[1]} />
      )}
    </div>
  )
}

function TargetFields({
  title,
  fields,
  onChange,
}: {
  readonly title: string | undefined
  readonly fields: Fields
  readonly onChange: (fields: Fields) => void
}) {
  const t = useMessages(configurationMessages)
  return (
    <fieldset className="plain">
      {title !== undefined && <legend>{title}</legend>}
      <div className="grid-2">
        <TextField
          label={t.app}
          hint={t.appHint}
          value={fields.app}
          onChange={(app) => onChange({ ...fields, app })}
          autoComplete="off"
        />
        <TextField
          label={t.profile}
          hint={t.profileHint}
          value={fields.profile}
          onChange={(profile) => onChange({ ...fields, profile })}
        />
        <TextField
          label={t.instance}
          hint={t.instanceHint}
          value={fields.instance}
          onChange={(instance) => onChange({ ...fields, instance })}
        />
        <TextField label={t.zone} value={fields.zone} onChange={(zone) => onChange({ ...fields, zone })} />
      </div>
    </fieldset>
  )
}

function Effective({ target }: { readonly target: Target }) {
  const t = useMessages(configurationMessages)
  const [filter, setFilter] = useState('')
  const query = useOperation('config.effective', { query: target }, ['config', 'waypost/config'])
  const explained = useOperation('config.explain', { query: target }, ['config', 'waypost/config'])
  const columns: readonly Column<Explained>[] = [
    {
      id: 'key',
      title: t.key,
      width: 'minmax(140px, 1.4fr)',
      sort: ({ key }) => key,
      cell: ({ key }) => <code>{key}</code>,
    },
    {
      id: 'value',
      title: t.value,
      width: 'minmax(120px, 1.4fr)',
      cell: ({ resolved }) => <code className="foreign">{shown(resolved)}</code>,
    },
    {
      id: 'from',
      title: t.from,
      width: 'minmax(140px, 2fr)',
      minTableWidth: 520,
      cell: ({ path, line }) => (
        <Link to="/configuration/$path" params={{ path }} className="foreign">
          {t.foundIn(path, line)}
        </Link>
      ),
    },
    {
      id: 'release',
      title: t.release,
      width: '80px',
      align: 'end',
      minTableWidth: 640,
      cell: ({ release }) => release ?? '–',
    },
    {
      id: 'below',
      title: t.overrides,
      minTableWidth: 820,
      cell: ({ below }) => <span className="foreign">{below.map(({ value }) => shown(value)).join(', ')}</span>,
    },
  ]
  return (
    <QueryView query={query}>
      {({ value, documents, unresolved, problem }) => (
        <div className="stack">
          {problem !== undefined && <Note tone="bad">{problem.message}</Note>}
          {unresolved.length > 0 && (
            <Note>
              {t.unresolved}: <code>{unresolved.join(', ')}</code>
            </Note>
          )}
          <Panel title={t.layers}>
            <ol className="change-list">
              {documents.map(({ path, layer, release, canary }) => (
                <li key={path} className="row wrap">
                  <Link to="/configuration/$path" params={{ path }} className="foreign">
                    {path}
                  </Link>
                  <Badge>{layer}</Badge>
                  {release !== undefined && <span className="muted">{t.releaseNumber(release)}</span>}
                  {canary !== undefined && <Badge tone="info">{canary}</Badge>}
                </li>
              ))}
            </ol>
          </Panel>
          {value !== undefined && (
            <QueryView query={explained}>
              {({ keys }) => (
                <Panel
                  flush
                  title={t.origins}
                  actions={<SearchField label={t.filterKeys} value={filter} onChange={setFilter} />}
                >
                  <Table
                    label={t.origins}
                    rows={keys.filter(({ key }) => key.toLowerCase().includes(filter.trim().toLowerCase()))}
                    rowKey={({ key }) => key}
                    columns={columns}
                  />
                </Panel>
              )}
            </QueryView>
          )}
        </div>
      )}
    </QueryView>
  )
}

function Compared({ left, right }: { readonly left: Target; readonly right: Target }) {
  const t = useMessages(configurationMessages)
  const first = useOperation('config.effective', { query: left }, ['config', 'waypost/config'])
  const second = useOperation('config.effective', { query: right }, ['config', 'waypost/config'])
  return (
    <QueryView query={first}>
      {(before) => (
        <QueryView query={second}>
          {(after) => (
            <Panel flush title={t.compareTitle(nameOf(left), nameOf(right))}>
              <Suspense fallback={<Loading />}>
                <Diff
                  path="effective.json"
                  before={textOf(before.value)}
                  after={textOf(after.value)}
                  label={t.difference}
                  height="64vh"
                />
              </Suspense>
            </Panel>
          )}
        </QueryView>
      )}
    </QueryView>
  )
}

function targetOf({ app, profile, instance, zone }: Fields): Target {
  const given = Object.entries({ profile, instance, zone }).filter(([, value]) => value.trim() !== '')
  return { app: app.trim(), ...Object.fromEntries(given.map(([name, value]) => [name, value.trim()])) }
}

function nameOf({ app, profile, instance }: Target): string {
  return [app, profile, instance].filter(Boolean).join(' ')
}

/** With sorted keys, so that only values differ. */
function textOf(value: unknown): string {
  return JSON.stringify(sorted(value) ?? {}, null, 2)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
