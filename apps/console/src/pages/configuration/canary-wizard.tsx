import { Suspense, useState } from 'react'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { commaList } from '../../ui/comma-list.ts'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextField } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Note } from '../../ui/note.tsx'
import { Loading } from '../../ui/query-view.tsx'
import { notify } from '../../ui/toasts.tsx'
import { Affected } from './affected.tsx'
import { type CanaryFields, emptyFields, labelsOf, problemOf, proposalOf } from './canary-fields.ts'
import { useConsent } from './consent.tsx'
import { Diff, type Document, Editor } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'
import { useReleaseFields } from './release-fields.tsx'

const steps = ['document', 'who', 'review'] as const

/** What, for whom, and what it would do: then it is in force for those instances. */
export function CanaryWizard({
  path,
  document,
  onClose,
}: {
  readonly path: string
  readonly document: Document
  readonly onClose: () => void
}) {
  const t = useMessages(configurationMessages)
  const ui = useMessages(uiMessages)
  const [at, setAt] = useState(0)
  const [isLeaving, setLeaving] = useState(false)
  const [content, setContent] = useState(document.content ?? '')
  const [fields, setFields] = useState<CanaryFields>(emptyFields)
  const { fields: authorFields, given } = useReleaseFields()
  const step = steps[at] ?? 'document'
  const problem = problemOf(fields)
  const proposal = proposalOf(fields, content)
  const preview = useOperation(
    'config.previewCanary',
    step === 'review' ? { params: { path }, body: proposal } : undefined,
  )
  const create = useChange('config.createCanary', {
    onDone: ({ name }) => {
      notify(t.canaryStarted(name))
      onClose()
    },
  })
  const leave = (): void => (content === (document.content ?? '') ? onClose() : setLeaving(true))
  const titles = { document: t.canaryStepDocument, who: t.canaryStepWho, review: t.canaryStepReview }
  const { breaks, isAccepted, consent } = useConsent(preview.data?.affected)
  const set = (name: keyof CanaryFields) => (value: string) => setFields({ ...fields, [name]: value })
  return (
    <Dialog
      title={t.canaryTitle(path)}
      size="large"
      onClose={leave}
      footer={
        <>
          <Button onClick={at === 0 ? leave : () => setAt(at - 1)}>{at === 0 ? ui.cancel : t.previousStep}</Button>
          {step === 'review' ? (
            <Button
              look={breaks ? 'danger' : 'primary'}
              disabled={preview.data === undefined || !isAccepted}
              isBusy={create.isPending}
              onClick={() =>
                create.mutate({
                  params: { path },
                  body: { ...proposal, ...given, ...(breaks ? { validate: 'stored' as const } : {}) },
                })
              }
            >
              {t.startCanary}
            </Button>
          ) : (
            <Button
              look="primary"
              disabled={step === 'document' ? content === (document.content ?? '') : problem !== undefined}
              onClick={() => setAt(at + 1)}
            >
              {t.next}
            </Button>
          )}
        </>
      }
    >
      {isLeaving && (
        <ConfirmDialog
          title={t.discardAsk}
          action={t.discard}
          isDangerous
          onConfirm={onClose}
          onClose={() => setLeaving(false)}
        >
          <p>{t.discardAskAbout}</p>
        </ConfirmDialog>
      )}
      <ol className="steps">
        {steps.map((each, index) => (
          <li key={each} aria-current={each === step ? 'step' : undefined}>
            {index + 1}. {titles[each]}
          </li>
        ))}
      </ol>
      {step === 'document' && (
        <Suspense fallback={<Loading />}>
          <Editor label={path} path={path} text={content} onChange={setContent} height="46vh" />
        </Suspense>
      )}
      {step === 'who' && (
        <div className="stack">
          <TextField
            label={t.canaryName}
            hint={t.canaryNameHint}
            error={problem === 'name' && fields.name !== '' ? t.needsName : undefined}
            value={fields.name}
            onChange={set('name')}
            autoComplete="off"
          />
          <div className="grid-2">
            <TextField
              label={t.percent}
              hint={t.percentHint}
              error={problem === 'percent' ? t.badPercent : undefined}
              value={fields.percent}
              onChange={set('percent')}
              inputMode="decimal"
            />
            <TextField label={t.zones} hint={t.zonesHint} value={fields.zones} onChange={set('zones')} />
            <TextField
              label={t.labels}
              hint={t.labelsHint}
              error={labelsOf(fields.labels) === undefined ? t.labelsHint : undefined}
              value={fields.labels}
              onChange={set('labels')}
            />
            <TextField
              label={t.onlyInstances}
              hint={t.onlyInstancesHint}
              value={fields.instances}
              onChange={set('instances')}
            />
            <TextField
              label={t.maxRejected}
              hint={t.maxRejectedHint}
              value={fields.maxRejected}
              onChange={set('maxRejected')}
              inputMode="numeric"
            />
          </div>
        </div>
      )}
      {step === 'review' && (
        <div className="stack">
          {create.error !== null && <ErrorPanel error={create.error} />}
          {preview.error !== null && <ErrorPanel error={preview.error} onRetry={() => void preview.refetch()} />}
          <Suspense fallback={<Loading />}>
            <Diff path={path} before={document.content ?? ''} after={content} label={t.diffLabel} height="30vh" />
          </Suspense>
          {preview.data === undefined ? (
            <p className="muted">{t.checking}</p>
          ) : preview.data.affected.length === 0 ? (
            <Note tone="warn">{t.canaryNobody}</Note>
          ) : (
            <Affected affected={preview.data.affected} />
          )}
          {consent}
          {commaList(fields.instances).length > 0 && <p className="muted">{commaList(fields.instances).join(', ')}</p>}
          {authorFields}
        </div>
      )}
    </Dialog>
  )
}
