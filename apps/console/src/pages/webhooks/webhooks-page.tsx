import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useChange, useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge, Status } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/menu.tsx'
import { PageHead, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { notify } from '../../ui/toasts.tsx'
import { DeliveriesDialog } from './deliveries-dialog.tsx'
import { webhooksMessages } from './messages.ts'
import { NewWebhookDialog } from './new-webhook-dialog.tsx'

type Webhook = ResultOf<'webhooks.list'>['webhooks'][number]

type Opened = { readonly kind: 'new' } | { readonly kind: 'deliveries' | 'remove'; readonly webhook: Webhook }

/** Who is told of what happens, and how that went. */
export function WebhooksPage() {
  const t = useMessages(webhooksMessages)
  const lacks = useLacks('write', '/waypost/webhooks/')
  const [opened, setOpened] = useState<Opened>()
  const query = useOperation('webhooks.list', {}, ['waypost/webhooks'])
  const update = useChange('webhooks.update')
  const test = useChange('webhooks.test')
  const remove = useChange('webhooks.delete')
  const close = (): void => setOpened(undefined)
  const failed = (error: Error): void => notify(error.message, { tone: 'bad' })
  const tryIt = (id: string): void =>
    test.mutate(
      { params: { webhook: id } },
      {
        onError: failed,
        onSuccess: ({ status, error, tookMs }) =>
          error === undefined
            ? notify(t.tested(String(status ?? ''), tookMs))
            : notify(t.testFailed(error), { tone: 'bad' }),
      },
    )
  const pause = (id: string, isPaused: boolean): void =>
    update.mutate({ params: { webhook: id }, body: { isPaused } }, { onError: failed })
  const columns: readonly Column<Webhook>[] = [
    {
      id: 'name',
      title: t.name,
      width: 'minmax(110px, 1.2fr)',
      sort: ({ name }) => name,
      cell: ({ name, id }) => <span className="foreign">{name === '' ? id : name}</span>,
    },
    {
      id: 'state',
      title: t.state,
      width: '110px',
      cell: ({ isPaused }) => <Status tone={isPaused ? 'warn' : 'ok'}>{isPaused ? t.paused : t.active}</Status>,
    },
    {
      id: 'url',
      title: t.url,
      width: 'minmax(140px, 2fr)',
      minTableWidth: 560,
      cell: ({ url }) => <span className="foreign">{url}</span>,
    },
    { id: 'format', title: t.format, width: '96px', minTableWidth: 680, cell: ({ format }) => <Badge>{format}</Badge> },
    {
      id: 'kinds',
      title: t.kinds,
      width: 'minmax(110px, 1.4fr)',
      minTableWidth: 800,
      cell: ({ kinds }) => <code>{kinds.join(', ')}</code>,
    },
    {
      id: 'created',
      title: t.when,
      width: '110px',
      minTableWidth: 940,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    {
      id: 'actions',
      title: '',
      width: '56px',
      align: 'end',
      cell: (webhook) => (
        <Menu
          label={t.actionsOf(webhook.name === '' ? webhook.id : webhook.name)}
          subject={webhook.name === '' ? webhook.id : webhook.name}
          button={<Icon name="more" />}
          items={[
            { label: t.show, icon: 'info', onSelect: () => setOpened({ kind: 'deliveries', webhook }) },
            { label: t.test, icon: 'play', lacks, onSelect: () => tryIt(webhook.id) },
            {
              label: webhook.isPaused ? t.resume : t.pause,
              icon: webhook.isPaused ? 'play' : 'pause',
              lacks,
              onSelect: () => pause(webhook.id, !webhook.isPaused),
            },
            {
              label: t.remove,
              icon: 'close',
              isDangerous: true,
              lacks,
              onSelect: () => setOpened({ kind: 'remove', webhook }),
            },
          ]}
        />
      ),
    },
  ]
  const add = (
    <Button look="primary" icon="plus" lacks={lacks} onClick={() => setOpened({ kind: 'new' })}>
      {t.add}
    </Button>
  )
  return (
    <>
      <PageHead title={t.title} about={t.about} actions={add} />
      <QueryView query={query}>
        {({ webhooks }) => (
          <Panel flush>
            <Table
              label={t.title}
              rows={webhooks}
              rowKey={({ id }) => id}
              columns={columns}
              onOpen={(webhook) => setOpened({ kind: 'deliveries', webhook })}
              empty={
                <EmptyState icon="webhooks" title={t.empty}>
                  {t.emptyAbout}
                </EmptyState>
              }
            />
          </Panel>
        )}
      </QueryView>
      {opened?.kind === 'new' && <NewWebhookDialog onClose={close} />}
      {opened?.kind === 'deliveries' && <DeliveriesDialog webhook={opened.webhook} onClose={close} />}
      {opened?.kind === 'remove' && (
        <ConfirmDialog
          title={t.removeTitle(opened.webhook.name)}
          action={t.removeNow}
          isDangerous
          isBusy={remove.isPending}
          onConfirm={() =>
            remove.mutate(
              { params: { webhook: opened.webhook.id } },
              {
                onError: failed,
                onSuccess: () => {
                  notify(t.removed(opened.webhook.name))
                  close()
                },
              },
            )
          }
          onClose={close}
        >
          <p>{t.removeAbout}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
