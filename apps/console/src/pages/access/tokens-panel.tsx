import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code.tsx'
import { ConfirmDialog, Dialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { ErrorPanel } from '../../ui/error-panel.tsx'
import { TextField } from '../../ui/field.tsx'
import { uiMessages } from '../../ui/messages.ts'
import { Note } from '../../ui/note.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { notify } from '../../ui/toasts.tsx'
import { accessMessages } from './messages.ts'

type Token = ResultOf<'tokens.list'>['tokens'][number]

const limit = 500

/** Named tokens for programs: one's own, and those of everybody for the role root. */
export function TokensPanel({ isRoot }: { readonly isRoot: boolean }) {
  const t = useMessages(accessMessages)
  const [isMaking, setMaking] = useState(false)
  const [revoking, setRevoking] = useState<Token>()
  const query = useOperation('tokens.list', { query: { all: isRoot, limit } }, ['waypost'])
  const revoke = useChange('tokens.revoke', {
    onDone: () => {
      notify(t.tokenRevoked(revoking?.name ?? ''))
      setRevoking(undefined)
      void query.refetch()
    },
  })
  const columns: readonly Column<Token>[] = [
    {
      id: 'name',
      title: t.token,
      width: 'minmax(110px, 1.4fr)',
      sort: ({ name }) => name,
      cell: ({ name }) => <bdi>{name}</bdi>,
    },
    { id: 'user', title: t.user, minTableWidth: 480, sort: ({ user }) => user, cell: ({ user }) => <bdi>{user}</bdi> },
    { id: 'used', title: t.lastUsed, width: '120px', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    {
      id: 'created',
      title: t.created,
      width: '120px',
      minTableWidth: 620,
      cell: ({ createdAt, createdFrom }) => (
        <span title={createdFrom}>
          <Time at={createdAt} />
        </span>
      ),
    },
    {
      id: 'expires',
      title: t.expires,
      width: '120px',
      minTableWidth: 420,
      cell: ({ expiresAt }) => <Time at={expiresAt} />,
    },
    {
      id: 'revoke',
      title: '',
      width: '110px',
      align: 'end',
      cell: (token) => (
        <Button className="small" onClick={() => setRevoking(token)}>
          {t.revoke}
        </Button>
      ),
    },
  ]
  return (
    <Panel
      flush
      title={t.tokens}
      actions={
        <Button icon="plus" onClick={() => setMaking(true)}>
          {t.newToken}
        </Button>
      }
    >
      <QueryView query={query}>
        {({ tokens }) => (
          <Table
            label={t.tokens}
            rows={tokens}
            rowKey={({ id }) => id}
            columns={columns}
            empty={
              <EmptyState icon="access" title={t.noTokens}>
                {t.tokensAbout}
              </EmptyState>
            }
          />
        )}
      </QueryView>
      {isMaking && <NewTokenDialog onMade={() => void query.refetch()} onClose={() => setMaking(false)} />}
      {revoking !== undefined && (
        <ConfirmDialog
          title={t.revokeTitle(revoking.name)}
          action={t.revoke}
          isDangerous
          isBusy={revoke.isPending}
          onConfirm={() => revoke.mutate({ params: { id: revoking.id } })}
          onClose={() => setRevoking(undefined)}
        >
          {revoke.error !== null && <ErrorPanel error={revoke.error} />}
          <p>{t.revokeAbout}</p>
        </ConfirmDialog>
      )}
    </Panel>
  )
}

/** Asks what it is for, and shows the token, this once. */
function NewTokenDialog({ onMade, onClose }: { readonly onMade: () => void; readonly onClose: () => void }) {
  const t = useMessages(accessMessages)
  const ui = useMessages(uiMessages)
  const [name, setName] = useState('')
  const [days, setDays] = useState('90')
  const create = useChange('tokens.create', { onDone: onMade })
  const expiresInDays = Number(days)
  const isGood = /^\d{1,4}$/.test(days) && expiresInDays > 0
  const made = create.data
  return (
    <Dialog
      title={made === undefined ? t.newToken : t.tokenTitle(made.name)}
      size="small"
      onClose={onClose}
      footer={
        made === undefined ? (
          <>
            <Button onClick={onClose}>{ui.cancel}</Button>
            <Button
              look="primary"
              disabled={name.trim() === '' || !isGood}
              isBusy={create.isPending}
              onClick={() => create.mutate({ body: { name: name.trim(), expiresInDays } })}
            >
              {t.create}
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={onClose}>
            {ui.close}
          </Button>
        )
      }
    >
      {made === undefined ? (
        <div className="form">
          {create.error !== null && <ErrorPanel error={create.error} />}
          <TextField label={t.tokenName} hint={t.tokenNameHint} value={name} onChange={setName} maxLength={200} />
          <TextField
            label={t.days}
            error={isGood ? undefined : t.badDays}
            value={days}
            onChange={setDays}
            inputMode="numeric"
          />
        </div>
      ) : (
        <div className="stack">
          <Note tone="warn">{t.tokenOnce}</Note>
          <CodeBlock code={made.token} />
        </div>
      )}
    </Dialog>
  )
}
