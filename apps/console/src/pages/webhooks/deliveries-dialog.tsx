import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useMessages } from '../../i18n/language.ts'
import { Status, type Tone } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { notify } from '../../ui/toasts.tsx'
import { webhooksMessages } from './messages.ts'

type Webhook = ResultOf<'webhooks.list'>['webhooks'][number]
type Delivery = ResultOf<'webhooks.deliveries'>['deliveries'][number]

const limit = 100

const tones: Readonly<Record<Delivery['state'], Tone>> = { delivered: 'ok', retrying: 'warn', failed: 'bad' }

/** What was sent, what the receiver answered, and a way to send it again. */
export function DeliveriesDialog({ webhook, onClose }: { readonly webhook: Webhook; readonly onClose: () => void }) {
  const t = useMessages(webhooksMessages)
  const lacks = useLacks('write', '/waypost/webhooks/')
  const query = useOperation('webhooks.deliveries', { params: { webhook: webhook.id }, query: { limit } }, [
    'waypost/webhooks',
  ])
  const again = useChange('webhooks.redeliver', { onDone: () => notify(t.redelivered) })
  const words = { delivered: t.stateDelivered, retrying: t.stateRetrying, failed: t.stateFailed }
  const columns: readonly Column<Delivery>[] = [
    { id: 'when', title: t.when, width: '104px', cell: ({ attempts }) => <Time at={attempts.at(-1)?.at} /> },
    {
      id: 'state',
      title: t.state,
      width: '104px',
      cell: ({ state }) => <Status tone={tones[state]}>{words[state]}</Status>,
    },
    { id: 'events', title: t.events, width: '80px', align: 'end', minTableWidth: 420, cell: ({ events }) => events },
    { id: 'tries', title: t.tries, width: '70px', align: 'end', minTableWidth: 480, cell: ({ tries }) => tries },
    {
      id: 'answer',
      title: t.answer,
      width: 'minmax(120px, 2fr)',
      minTableWidth: 560,
      cell: ({ attempts }) => {
        const last = attempts.at(-1)
        return <span className="foreign">{[last?.status, last?.error].filter(Boolean).join(' ')}</span>
      },
    },
    { id: 'next', title: t.next, width: '110px', minTableWidth: 720, cell: ({ nextAt }) => <Time at={nextAt} /> },
    {
      id: 'again',
      title: '',
      width: '120px',
      align: 'end',
      cell: ({ id }) => (
        <Button
          lacks={lacks}
          isBusy={again.isPending}
          onClick={() =>
            again.mutate(
              { params: { webhook: webhook.id, delivery: id } },
              { onError: (error) => notify(error.message, { tone: 'bad' }) },
            )
          }
        >
          {t.redeliver}
        </Button>
      ),
    },
  ]
  return (
    <Dialog title={webhook.name === '' ? webhook.id : webhook.name} size="large" onClose={onClose}>
      <QueryView query={query}>
        {({ deliveries }) => (
          <Table
            label={t.deliveries}
            rows={deliveries}
            rowKey={({ id }) => id}
            columns={columns}
            rowTone={({ state }) => (state === 'failed' ? 'bad' : undefined)}
            empty={<p className="muted">{t.deliveriesNone}</p>}
          />
        )}
      </QueryView>
    </Dialog>
  )
}
