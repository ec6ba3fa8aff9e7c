import { useState } from 'react'
import { topicsOf } from '../../api/topic-of.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { Note } from '../../ui/note.tsx'
import { Facts } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { KeyActions } from './key-actions.tsx'
import { type KeyDraft, KeyEditor } from './key-editor.tsx'
import { KeyValue } from './key-value.tsx'
import { LeaseCountdown } from './lease-countdown.tsx'
import { keysMessages } from './messages.ts'

/** A lease that is renewed changes no key: how long it lives is read again this often. */
const againMs = 5_000

/** One key: its value in several forms, its lease, its history; changed only if nobody else has. */
export function KeyDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const t = useMessages(keysMessages)
  const [draft, setDraft] = useState<KeyDraft>()
  const [isClosing, setClosing] = useState(false)
  const query = useOperation('keys.read', { params: { key: name }, query: {} }, topicsOf(`${name}/`), {
    everyMs: againMs,
  })
  const isTyped = draft !== undefined && draft.text !== draft.original
  return (
    <Dialog title={name} size="large" onClose={() => (isTyped ? setClosing(true) : onClose())}>
      <QueryView query={query}>
        {(kv) => (
          <div className="stack">
            <Facts
              facts={[
                [t.created, kv.createRevision],
                [t.changed, kv.modRevision],
                [t.version, kv.version],
                [
                  t.lease,
                  kv.lease === undefined || kv.ttlSeconds === undefined ? (
                    (kv.lease ?? t.noLease)
                  ) : (
                    <LeaseCountdown
                      key="lease"
                      lease={kv.lease}
                      ttlSeconds={kv.ttlSeconds}
                      grantedTtlSeconds={kv.grantedTtlSeconds ?? kv.ttlSeconds}
                      readAtMs={query.dataUpdatedAt}
                    />
                  ),
                ],
              ]}
            />
            {kv.isCut && <Note tone="warn">{t.cut}</Note>}
            {draft === undefined ? (
              <>
                <KeyValue name={name} kv={kv} />
                <KeyActions
                  name={name}
                  kv={kv}
                  onEdit={() => {
                    const { value = '', modRevision } = kv
                    setDraft({ text: value, original: value, modRevision })
                  }}
                  onDeleted={onClose}
                />
              </>
            ) : (
              <KeyEditor name={name} kv={kv} draft={draft} onChange={setDraft} onDone={() => setDraft(undefined)} />
            )}
          </div>
        )}
      </QueryView>
      {isClosing && (
        <ConfirmDialog
          title={t.discardTitle}
          action={t.discard}
          isDangerous
          onClose={() => setClosing(false)}
          onConfirm={onClose}
        >
          <p>{t.discardAbout}</p>
        </ConfirmDialog>
      )}
    </Dialog>
  )
}
