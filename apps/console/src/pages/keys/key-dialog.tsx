import { useState } from 'react'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Note } from '../../ui/note.tsx'
import { Facts } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { notify } from '../../ui/toasts.tsx'
import { KeyHistory } from './key-history.tsx'
import { keysMessages } from './messages.ts'
import { hexOf, prettyJson } from './value-forms.ts'

/** One key: its value in several forms, its lease, its history; changed only if nobody else has. */
export function KeyDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const t = useMessages(keysMessages)
  const [form, setForm] = useState<'text' | 'json' | 'hex' | 'history'>('text')
  const [draft, setDraft] = useState<{ readonly text: string; readonly modRevision: string }>()
  const [isDeleting, setDeleting] = useState(false)
  const query = useOperation('keys.read', { params: { key: name }, query: {} }, [
    'services',
    'config',
    'waypost',
    'keys',
  ])
  const lacks = useLacks('write', name)
  const put = useChange('keys.put', {
    onDone: () => {
      notify(t.saved(name))
      setDraft(undefined)
    },
  })
  const remove = useChange('keys.delete', {
    onDone: () => {
      notify(t.removed(name))
      onClose()
    },
  })
  return (
    <Dialog title={name} size="large" onClose={onClose}>
      <QueryView query={query}>
        {(kv) => {
          const { value = '', encoding = 'utf8' } = kv
          const isText = encoding === 'utf8'
          return (
            <div className="stack">
              <Facts
                facts={[
                  [t.created, kv.createRevision],
                  [t.changed, kv.modRevision],
                  [t.version, kv.version],
                  [
                    t.lease,
                    kv.lease === undefined
                      ? t.noLease
                      : `${kv.lease} ${kv.ttlSeconds === undefined ? '' : t.ttl(kv.ttlSeconds, kv.grantedTtlSeconds ?? 0)}`,
                  ],
                ]}
              />
              {kv.isCut && <Note tone="warn">{t.cut}</Note>}
              {!isText && <Note>{t.binary}</Note>}
              {put.error !== null && <ErrorPanel error={put.error} />}
              {remove.error !== null && <ErrorPanel error={remove.error} />}
              {draft === undefined ? (
                <Tabs
                  label={t.value}
                  value={isText ? form : form === 'history' ? 'history' : 'hex'}
                  onChange={setForm}
                  tabs={[
                    ...(isText
                      ? [
                          { id: 'text' as const, title: t.asText },
                          { id: 'json' as const, title: t.asJson },
                        ]
                      : []),
                    { id: 'hex' as const, title: t.asHex },
                    { id: 'history' as const, title: t.history },
                  ]}
                >
                  {form === 'history' ? (
                    <KeyHistory name={name} />
                  ) : form === 'json' && isText ? (
                    <CodeBlock code={prettyJson(value) ?? t.notJson} />
                  ) : (
                    <CodeBlock code={form === 'hex' || !isText ? hexOf(value, encoding) : value} />
                  )}
                </Tabs>
              ) : (
                <TextArea
                  label={t.value}
                  hint={t.saveHint}
                  rows={14}
                  className="mono"
                  value={draft.text}
                  onChange={(text) => setDraft({ ...draft, text })}
                />
              )}
              <div className="row wrap">
                {draft === undefined ? (
                  <>
                    {isText && !kv.isCut && (
                      <Button
                        lacks={lacks === undefined ? undefined : t.write(name)}
                        onClick={() => setDraft({ text: value, modRevision: kv.modRevision })}
                      >
                        {t.edit}
                      </Button>
                    )}
                    <Button
                      look="danger"
                      lacks={lacks === undefined ? undefined : t.write(name)}
                      onClick={() => setDeleting(true)}
                    >
                      {t.remove}
                    </Button>
                  </>
                ) : (
                  <Button
                    look="primary"
                    isBusy={put.isPending}
                    onClick={() =>
                      put.mutate({
                        params: { key: name },
                        query: {},
                        body: {
                          value: draft.text,
                          expectedModRevision: draft.modRevision,
                          ...(kv.lease === undefined ? {} : { lease: kv.lease }),
                        },
                      })
                    }
                  >
                    {t.save}
                  </Button>
                )}
              </div>
              {isDeleting && (
                <ConfirmDialog
                  title={`${t.remove}: ${name}`}
                  action={t.remove}
                  isDangerous
                  onClose={() => setDeleting(false)}
                  onConfirm={() => {
                    setDeleting(false)
                    remove.mutate({ params: { key: name }, query: { expectedModRevision: kv.modRevision } })
                  }}
                >
                  <p>{t.removeAbout}</p>
                </ConfirmDialog>
              )}
            </div>
          )
        }}
      </QueryView>
    </Dialog>
  )
}
