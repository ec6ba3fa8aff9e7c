import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useSettled } from '../../app/use-settled.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { SearchField } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { DocumentTree } from './document-tree.tsx'
import { configurationMessages } from './messages.ts'

type Listed = ResultOf<'config.list'>['documents'][number]

const limit = 200

/** The tree; while one searches, what was found by path or in the contents. */
export function DocumentsPanel({ onNew }: { readonly onNew: () => void }) {
  const t = useMessages(configurationMessages)
  const navigate = useNavigate()
  const [path, setPath] = useState('')
  const [text, setText] = useState('')
  const open = (chosen: string): void => {
    void navigate({ to: '/configuration/$path', params: { path: chosen } })
  }
  const byPath = useSettled(path.trim(), 200)
  const byText = useSettled(text.trim(), 300)
  return (
    <>
      <div className="row wrap search-row">
        <SearchField label={t.searchPaths} value={path} onChange={setPath} />
        <SearchField label={t.searchContents} value={text} onChange={setText} />
      </div>
      {byText !== '' ? (
        <FoundLines text={byText} />
      ) : byPath !== '' ? (
        <FoundPaths search={byPath} onOpen={open} />
      ) : (
        <Panel flush>
          <DocumentTree
            onSelect={open}
            empty={
              <EmptyState
                icon="configuration"
                title={t.noDocuments}
                command="npx waypost config publish order/application.yaml application.yaml"
                actions={
                  <Button icon="plus" onClick={onNew}>
                    {t.newDocument}
                  </Button>
                }
              >
                {t.noDocumentsAbout}
              </EmptyState>
            }
          />
        </Panel>
      )}
    </>
  )
}

function FoundPaths({ search, onOpen }: { readonly search: string; readonly onOpen: (path: string) => void }) {
  const t = useMessages(configurationMessages)
  const query = useOperation('config.list', { query: { search, limit } }, ['config', 'waypost/config'])
  const columns: readonly Column<Listed>[] = [
    {
      id: 'path',
      title: t.path,
      width: 'minmax(140px, 3fr)',
      sort: ({ path }) => path,
      cell: ({ path }) => (
        <Link to="/configuration/$path" params={{ path }} className="foreign">
          {path}
        </Link>
      ),
    },
    { id: 'release', title: t.release, width: '80px', align: 'end', cell: ({ release }) => release },
    {
      id: 'author',
      title: t.author,
      minTableWidth: 560,
      cell: ({ author }) => <span className="foreign">{author ?? '–'}</span>,
    },
    { id: 'at', title: t.at, width: '110px', minTableWidth: 480, cell: ({ at }) => <Time at={at} /> },
    { id: 'marks', title: '', width: '130px', minTableWidth: 640, cell: (document) => <Marks document={document} /> },
  ]
  return (
    <QueryView query={query}>
      {({ documents }) => (
        <Panel flush>
          <Table
            label={t.title}
            rows={documents}
            rowKey={({ path }) => path}
            columns={columns}
            onOpen={({ path }) => onOpen(path)}
            empty={<EmptyState icon="search" title={t.nothingFound(search)} />}
          />
        </Panel>
      )}
    </QueryView>
  )
}

/** What else is to be known of a document, in short. */
export function Marks({
  document: { draft, canaries, changedByHand },
}: {
  readonly document: Pick<Listed, 'draft' | 'canaries' | 'changedByHand'>
}) {
  const t = useMessages(configurationMessages)
  return (
    <span className="row tight">
      {changedByHand && <Badge tone="warn">{t.kindExternal}</Badge>}
      {canaries.length > 0 && <Badge tone="info">{t.tabCanaries}</Badge>}
      {draft !== undefined && <Badge>{t.tabDraft}</Badge>}
    </span>
  )
}

function FoundLines({ text }: { readonly text: string }) {
  const t = useMessages(configurationMessages)
  const query = useOperation('config.search', { query: { text, ignoreCase: true, limit } }, ['config'])
  return (
    <QueryView query={query}>
      {({ lines, isCut }) => (
        <Panel flush>
          {lines.length === 0 ? (
            <EmptyState icon="search" title={t.nothingFound(text)} />
          ) : (
            <ul className="found-lines">
              {lines.map(({ path, line, text: found }) => (
                <li key={`${path}:${line}`}>
                  <Link to="/configuration/$path" params={{ path }} className="foreign">
                    {t.foundIn(path, line)}
                  </Link>
                  <code className="foreign">{found}</code>
                </li>
              ))}
            </ul>
          )}
          {isCut && <Note>{t.searchCut(lines.length)}</Note>}
        </Panel>
      )}
    </QueryView>
  )
}
