import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useMessages } from '../../i18n/language.ts'
import { Status, type Tone } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Menu } from '../../ui/menu.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { InstanceDetails } from './instance-details.tsx'
import { servicesMessages } from './messages.ts'
import { DrainDialog } from './operate-dialog.tsx'
import { TryDialog } from './try-dialog.tsx'
import { useOperate } from './use-operate.ts'
import { WeightDialog } from './weight-dialog.tsx'

export type Instance = ResultOf<'names.list'>['instances'][number]

/** With the instance as it was then: what one looks at stays, also when the instance is gone. */
interface Opened {
  readonly kind: 'details' | 'drain' | 'disable' | 'weight' | 'try'
  readonly instance: Instance
}

export const statusTones: Readonly<Record<Instance['status'], Tone>> = {
  up: 'ok',
  starting: 'info',
  leaving: 'warn',
  disabled: 'bad',
}

/**
 * The instances, with why each is not up, and what an operator may do with it. A dialog stays open when the last of
 * them goes: it belongs to whoever types in it.
 */
export function InstanceTable({
  service,
  instances,
}: {
  readonly service: string
  readonly instances: readonly Instance[]
}) {
  const t = useMessages(servicesMessages)
  const [opened, setOpened] = useState<Opened>()
  const { operate, lacks } = useOperate(service)
  const words = { up: t.statusUp, starting: t.statusStarting, leaving: t.statusLeaving, disabled: t.statusDisabled }
  const close = (): void => setOpened(undefined)
  const live = instances.find(({ id }) => id === opened?.instance.id)
  const chosen = live ?? opened?.instance
  const columns: readonly Column<Instance>[] = [
    {
      id: 'id',
      title: t.id,
      width: 'minmax(110px, 1.6fr)',
      sort: ({ id }) => id,
      cell: ({ id }) => (
        <span className="foreign" title={id}>
          {id}
        </span>
      ),
    },
    {
      id: 'status',
      title: t.status,
      width: '104px',
      sort: ({ status }) => status,
      cell: ({ status }) => <Status tone={statusTones[status]}>{words[status]}</Status>,
    },
    {
      id: 'address',
      title: t.address,
      width: 'minmax(130px, 1fr)',
      minTableWidth: 480,
      cell: ({ address }) => <code>{address}</code>,
    },
    {
      id: 'weight',
      title: t.weight,
      width: '78px',
      align: 'end',
      minTableWidth: 560,
      sort: ({ weight }) => weight,
      cell: ({ weight }) => weight,
    },
    {
      id: 'version',
      title: t.version,
      width: 'minmax(70px, 0.7fr)',
      minTableWidth: 700,
      sort: ({ version = '' }) => version,
      cell: ({ version }) => <span className="foreign">{version ?? '–'}</span>,
    },
    {
      id: 'zone',
      title: t.zone,
      width: 'minmax(70px, 0.7fr)',
      minTableWidth: 800,
      sort: ({ zone = '' }) => zone,
      cell: ({ zone }) => <span className="foreign">{zone ?? '–'}</span>,
    },
    {
      id: 'registered',
      title: t.registered,
      width: '110px',
      minTableWidth: 900,
      sort: ({ registeredAt = '' }) => registeredAt,
      cell: ({ registeredAt }) => <Time at={registeredAt} />,
    },
    {
      id: 'why',
      title: t.why,
      width: 'minmax(100px, 1.4fr)',
      minTableWidth: 1000,
      cell: (instance) => <Why instance={instance} />,
    },
    {
      id: 'actions',
      title: '',
      width: '56px',
      align: 'end',
      cell: (instance) => {
        const { id, override, status } = instance
        return (
          <Menu
            label={t.actionsOf(id)}
            subject={id}
            button={<Icon name="more" />}
            items={[
              { label: t.details, icon: 'info', onSelect: () => setOpened({ kind: 'details', instance }) },
              ...(status === 'leaving' || status === 'disabled'
                ? [{ label: t.enable, icon: 'play' as const, lacks, onSelect: () => operate(id, { action: 'enable' }) }]
                : [
                    {
                      label: t.drain,
                      icon: 'pause' as const,
                      lacks,
                      onSelect: () => setOpened({ kind: 'drain', instance }),
                    },
                  ]),
              ...(status === 'disabled'
                ? []
                : [
                    {
                      label: t.disable,
                      icon: 'close' as const,
                      isDangerous: true,
                      lacks,
                      onSelect: () => setOpened({ kind: 'disable', instance }),
                    },
                  ]),
              {
                label: t.changeWeight,
                icon: 'overview',
                lacks,
                onSelect: () => setOpened({ kind: 'weight', instance }),
              },
              ...(override?.weight === undefined
                ? []
                : [
                    {
                      label: t.resetWeight,
                      icon: 'undo' as const,
                      lacks,
                      onSelect: () => operate(id, { action: 'weight' }),
                    },
                  ]),
              { label: t.tryAddress, icon: 'webhooks', onSelect: () => setOpened({ kind: 'try', instance }) },
            ]}
          />
        )
      },
    },
  ]
  return (
    <>
      {instances.length === 0 ? (
        <EmptyState
          icon="services"
          title={t.noInstances}
          command={`npx waypost register ${service} --port 3000 -- node server.js`}
        >
          {t.noInstancesAbout}
        </EmptyState>
      ) : (
        <Table
          label={t.tabInstances}
          rows={instances}
          rowKey={({ id }) => id}
          columns={columns}
          onOpen={(instance) => setOpened({ kind: 'details', instance })}
          rowTone={({ status }) => (status === 'disabled' ? 'bad' : status === 'up' ? undefined : 'warn')}
        />
      )}
      {chosen !== undefined && opened?.kind === 'details' && (
        <InstanceDetails instance={chosen} isGone={live === undefined} onClose={close} />
      )}
      {chosen !== undefined && (opened?.kind === 'drain' || opened?.kind === 'disable') && (
        <DrainDialog service={service} instance={chosen} action={opened.kind} onClose={close} />
      )}
      {chosen !== undefined && opened?.kind === 'weight' && (
        <WeightDialog service={service} instance={chosen} onClose={close} />
      )}
      {chosen !== undefined && opened?.kind === 'try' && (
        <TryDialog service={service} instance={chosen} onClose={close} />
      )}
    </>
  )
}

/** Why an instance takes no traffic, in words. */
export function Why({ instance: { status, override } }: { readonly instance: Instance }) {
  const t = useMessages(servicesMessages)
  if (override?.status !== undefined || override?.weight !== undefined) {
    return <span className="foreign">{t.whyOverride(override.by ?? t.somebody, override.reason ?? '')}</span>
  }
  if (status === 'starting') return t.whyStarting
  if (status === 'leaving') return t.whyLeaving
  return <span className="faint">–</span>
}
