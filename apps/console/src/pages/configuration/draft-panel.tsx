import { useNavigate } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { Note } from '../../ui/note.tsx'
import { Facts, Panel } from '../../ui/panel.tsx'
import { Loading, QueryView } from '../../ui/query-view.tsx'
import { Time } from '../../ui/time.tsx'
import { notify } from '../../ui/toasts.tsx'
import { Diff, type Document } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'
import { useReleaseFields } from './release-fields.tsx'

type Draft = ResultOf<'config.draft'>

export const draftTones: Readonly<Record<Draft['state'], Tone>> = { draft: 'quiet', submitted: 'warn', approved: 'ok' }

const limit = 1_000

/**
 * The change that somebody proposes: what differs, who has approved it, and what one may do with it. Each button stays
 * in its place whatever becomes of the draft meanwhile.
 */
export function DraftPanel({ path, document }: { readonly path: string; readonly document: Document }) {
  const t = useMessages(configurationMessages)
  const navigate = useNavigate()
  const known = useOperation('config.drafts', { query: { search: path, limit } }, ['waypost/config/drafts'])
  const isThere = known.data?.drafts.some((draft) => draft.path === path)
  const query = useOperation('config.draft', isThere ? { params: { path } } : undefined, ['waypost/config/drafts'])
  if (isThere === undefined) return <QueryView query={known}>{() => null}</QueryView>
  if (!isThere) {
    return (
      <EmptyState
        icon="configuration"
        title={t.draftNone}
        actions={
          <Button
            onClick={() =>
              void navigate({ to: '/configuration/$path', params: { path }, search: { tab: 'document', edit: 'yes' } })
            }
          >
            {t.edit}
          </Button>
        }
      >
        {t.draftNoneAbout}
      </EmptyState>
    )
  }
  return (
    <QueryView query={query}>
      {(draft) => <Proposal path={path} document={document} draft={draft} onGone={() => void known.refetch()} />}
    </QueryView>
  )
}

function Proposal({
  path,
  document,
  draft,
  onGone,
}: {
  readonly path: string
  readonly document: Document
  readonly draft: Draft
  readonly onGone: () => void
}) {
  const t = useMessages(configurationMessages)
  const lacks = useLacks('write', `/waypost/config/drafts/${path}`)
  const lacksApprove = useLacks('write', `/waypost/config/drafts/${path}`, 'approve')
  const lacksPublish = useLacks('write', `/config/${path}`)
  const [isDiscarding, setDiscarding] = useState(false)
  const { fields, given, hasAuthor } = useReleaseFields()
  const words = { draft: t.draftDraft, submitted: t.draftSubmitted, approved: t.draftApproved }
  const said = ({ state }: Draft): void => notify(t.draftChanged(path, words[state]))
  const submit = useChange('config.submitDraft', { onDone: said })
  const approve = useChange('config.approveDraft', { onDone: said })
  const reject = useChange('config.rejectDraft', { onDone: said })
  const publish = useChange('config.publishDraft', {
    onDone: ({ release }) => {
      notify(t.published(path, release))
      onGone()
    },
  })
  const discard = useChange('config.discardDraft', {
    onDone: () => {
      notify(t.draftDiscarded(path))
      onGone()
    },
  })
  const steps = [submit, approve, reject, publish, discard]
  const failed = steps.find(({ error }) => error !== null)
  const isBusy = steps.some(({ isPending }) => isPending)
  // The text that one has looked at: whoever changed it meanwhile is neither approved nor published unseen.
  const [seen, setSeen] = useState(draft)
  const isOther = draft.content !== seen.content || draft.deletes !== seen.deletes
  const revision = isOther ? seen.revision : draft.revision
  const step = { params: { path }, body: { ...given, revision } }
  const isSubmitted = draft.state !== 'draft'
  return (
    <div className="stack">
      {failed !== undefined && <ErrorPanel error={failed.error} />}
      <Panel
        title={
          <span className="row">
            {t.tabDraft} <Badge tone={draftTones[draft.state]}>{words[draft.state]}</Badge>
          </span>
        }
        actions={
          <>
            <Button lacks={lacks} disabled={!hasAuthor} onClick={() => setDiscarding(true)}>
              {t.discardDraft}
            </Button>
            <Button
              look={isSubmitted ? 'default' : 'primary'}
              lacks={lacks}
              disabled={!hasAuthor || isSubmitted}
              isBusy={isBusy}
              onClick={() => submit.mutate(step)}
            >
              {t.submit}
            </Button>
            <Button
              lacks={lacksApprove}
              disabled={!hasAuthor || !isSubmitted}
              isBusy={isBusy}
              onClick={() => reject.mutate(step)}
            >
              {t.rejectTitle}
            </Button>
            <Button
              look={draft.state === 'submitted' ? 'primary' : 'default'}
              lacks={lacksApprove}
              disabled={!hasAuthor || !isSubmitted}
              isBusy={isBusy}
              onClick={() => approve.mutate(step)}
            >
              {t.approve}
            </Button>
            <Button
              look={draft.state === 'approved' ? 'primary' : 'default'}
              lacks={lacksPublish}
              isBusy={isBusy}
              onClick={() => publish.mutate(step)}
            >
              {t.publishDraft}
            </Button>
          </>
        }
      >
        <div className="stack">
          <Facts
            facts={[
              [t.author, draft.author],
              [t.comment, draft.comment ?? '–'],
              [t.draftBase, t.releaseNumber(draft.base)],
              [t.at, <Time key="at" at={draft.at} />],
              [t.approvals, draft.approvals.map(({ by }) => by).join(', ') || '–'],
            ]}
          />
          {fields}
        </div>
      </Panel>
      {isOther && (
        <Note tone="warn">
          <div className="row wrap between">
            {t.draftOther(draft.author)}
            <Button onClick={() => setSeen(draft)}>{t.showOther}</Button>
          </div>
        </Note>
      )}
      {seen.deletes && <Note tone="warn">{t.draftDeletes}</Note>}
      {document.release > draft.base && <Note tone="warn">{t.newerRelease(document.release)}</Note>}
      <Panel flush title={t.difference}>
        <Suspense fallback={<Loading />}>
          <Diff path={path} before={document.content ?? ''} after={seen.content ?? ''} label={t.diffLabel} />
        </Suspense>
      </Panel>
      {isDiscarding && (
        <ConfirmDialog
          title={t.discardDraft}
          action={t.discard}
          isDangerous
          isBusy={discard.isPending}
          onConfirm={() => {
            setDiscarding(false)
            discard.mutate({ params: { path }, query: { ...given, revision } })
          }}
          onClose={() => setDiscarding(false)}
        >
          <p>{t.discardDraftAbout}</p>
        </ConfirmDialog>
      )}
    </div>
  )
}
