import { Suspense, useEffect, useState } from 'react'
import { call, urlOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import type { TextProblem } from '../../editor/text-editor.tsx'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Note } from '../../ui/note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Loading } from '../../ui/query-view.tsx'
import { forget, keep, kept } from './kept-text.ts'
import { type Document, Editor, Reader } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'
import { PublishDialog } from './publish-dialog.tsx'
import { SaveDraftDialog } from './save-draft-dialog.tsx'

type Opened = 'publish' | 'delete' | 'draft' | 'discard'

/** The document as it is in force, and the editor for its next release. What one types outlives a reload. */
export function DocumentPanel({
  path,
  document,
  isEditing: beginsEditing,
}: {
  readonly path: string
  readonly document: Document
  readonly isEditing: boolean
}) {
  const t = useMessages(configurationMessages)
  const lacks = useLacks('write', `/config/${path}`)
  const lacksDraft = useLacks('write', `/waypost/config/drafts/${path}`)
  const [found] = useState(() => kept(path))
  const [isEditing, setEditing] = useState(beginsEditing || (!document.exists && found === undefined))
  const [text, setText] = useState(document.content ?? '')
  /** The release that the text is a change of. */
  const [base, setBase] = useState(document.release)
  const [isAsked, setAsked] = useState(found !== undefined && found.text !== document.content)
  const [opened, setOpened] = useState<Opened>()
  const schemas = useOperation('config.schemas', {}, ['waypost/config/schemas'])
  const isGoverned = schemas.data?.scopes.some((scope) => coversPath(scope, path)) ?? false
  const schema = useOperation('config.schema', isGoverned ? { query: { path } } : undefined, ['waypost/config/schemas'])
  const isChanged = text !== (document.content ?? '')
  useEffect(() => {
    if (isEditing) return
    setText(document.content ?? '')
    setBase(document.release)
  }, [isEditing, document.content, document.release])
  const change = (next: string): void => {
    setText(next)
    keep(path, { text: next, base })
  }
  const done = (): void => {
    forget(path)
    setOpened(undefined)
    setEditing(false)
  }
  const stop = (): void => (isChanged && isEditing ? setOpened('discard') : setEditing(false))
  if (document.encoding === 'base64') {
    return (
      <EmptyState
        icon="configuration"
        title={t.binary}
        actions={
          <a className="button" href={urlOf('config.readRaw', { params: { path } })} download>
            {t.download}
          </a>
        }
      />
    )
  }
  return (
    <div className="stack">
      {document.changedByHand && <Note tone="warn">{t.changedByHandAbout}</Note>}
      {!document.exists && <Note>{`${t.missing} ${t.missingAbout}`}</Note>}
      {isAsked && found !== undefined && (
        <Note>
          <div className="row wrap between">
            {t.keptText}
            <span className="row">
              <Button
                look="primary"
                onClick={() => {
                  setText(found.text)
                  setBase(found.base)
                  setEditing(true)
                  setAsked(false)
                }}
              >
                {t.useKept}
              </Button>
              <Button
                onClick={() => {
                  forget(path)
                  setAsked(false)
                }}
              >
                {t.dropKept}
              </Button>
            </span>
          </div>
        </Note>
      )}
      {isEditing && document.release > base && <Note tone="warn">{t.newerRelease(document.release)}</Note>}
      <Panel
        flush
        title={t.releaseNumber(isEditing ? base : document.release)}
        actions={
          isEditing ? (
            <>
              <Button onClick={stop}>{t.stopEditing}</Button>
              <Button lacks={lacksDraft} disabled={!isChanged && document.exists} onClick={() => setOpened('draft')}>
                {t.saveDraft}
              </Button>
              <Button
                look="primary"
                disabled={!isChanged && document.exists}
                lacks={lacks}
                onClick={() => setOpened('publish')}
              >
                {t.review}
              </Button>
            </>
          ) : (
            <>
              <a className="button" href={urlOf('config.readRaw', { params: { path } })} download>
                {t.download}
              </a>
              <Button lacks={lacks} onClick={() => setOpened('delete')}>
                {t.deleteDocument}
              </Button>
              <Button look="primary" lacks={lacksDraft && lacks} onClick={() => setEditing(true)}>
                {t.edit}
              </Button>
            </>
          )
        }
      >
        <Suspense fallback={<Loading />}>
          {isEditing ? (
            <Editor
              label={path}
              path={path}
              text={text}
              onChange={change}
              schema={schema.data?.schema}
              check={(current) => problemsOf(path, current)}
            />
          ) : (
            <Reader label={path} path={path} text={text} />
          )}
        </Suspense>
      </Panel>
      {opened === 'publish' && (
        <PublishDialog
          path={path}
          document={document}
          change={{ content: text }}
          base={base}
          onMerged={(merged, release) => {
            setText(merged)
            setBase(release)
            keep(path, { text: merged, base: release })
            setOpened(undefined)
          }}
          onDone={done}
          onClose={() => setOpened(undefined)}
        />
      )}
      {opened === 'delete' && (
        <PublishDialog
          path={path}
          document={document}
          change={{ delete: true }}
          base={document.release}
          onMerged={() => setOpened(undefined)}
          onDone={done}
          onClose={() => setOpened(undefined)}
        />
      )}
      {opened === 'draft' && (
        <SaveDraftDialog path={path} content={text} base={base} onDone={done} onClose={() => setOpened(undefined)} />
      )}
      {opened === 'discard' && (
        <ConfirmDialog
          title={t.discardAsk}
          action={t.discard}
          isDangerous
          onConfirm={done}
          onClose={() => setOpened(undefined)}
        >
          <p>{t.discardAskAbout}</p>
        </ConfirmDialog>
      )}
    </div>
  )
}

/** Whether a path is what a scope names, or lies in the folder that it names. */
function coversPath(scope: string, path: string): boolean {
  return scope === '' || scope === path || (scope.endsWith('/') && path.startsWith(scope))
}

/** What the hub says is wrong with a text; nothing when it cannot be asked, which is said elsewhere. */
async function problemsOf(path: string, content: string): Promise<readonly TextProblem[]> {
  try {
    const { problems, affected } = await call('config.validate', { params: { path }, body: { content } })
    return [
      ...problems.map(({ message, line, column }) => ({ message, line, column })),
      ...affected.flatMap(({ app, breaks }) =>
        breaks.map(({ message, line, column }) => ({
          message: `${app}: ${message}`,
          line,
          column,
          severity: 'warning' as const,
        })),
      ),
    ]
  } catch {
    return []
  }
}
