import { useMessages } from '../../i18n/language.ts'
import { Badge, Status } from '../../ui/badge.tsx'
import { CodeBlock, CopyButton } from '../../ui/code.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Note } from '../../ui/note.tsx'
import { Facts } from '../../ui/panel.tsx'
import { Time } from '../../ui/time.tsx'
import { type Instance, statusTones, Why } from './instance-table.tsx'
import { servicesMessages } from './messages.ts'

/** Everything that is known of one instance; of one that is gone, what was known last. */
export function InstanceDetails({
  instance,
  isGone,
  onClose,
}: {
  readonly instance: Instance
  readonly isGone: boolean
  readonly onClose: () => void
}) {
  const t = useMessages(servicesMessages)
  const { service, id, address, status, override, metadata, tags } = instance
  const words = { up: t.statusUp, starting: t.statusStarting, leaving: t.statusLeaving, disabled: t.statusDisabled }
  const key = `/services/${service}/${id}`
  return (
    <Dialog title={id} size="side" onClose={onClose}>
      <div className="stack">
        {isGone && <Note tone="warn">{t.goneMeanwhile}</Note>}
        <Facts
          facts={[
            [
              t.status,
              <Status key="status" tone={statusTones[status]}>
                {words[status]}
              </Status>,
            ],
            [t.why, <Why key="why" instance={instance} />],
            [
              t.address,
              <span key="address" className="row">
                <code>{address}</code>
                <CopyButton text={address} />
              </span>,
            ],
            [t.weight, String(instance.weight)],
            [t.version, instance.version ?? '–'],
            [t.zone, instance.zone ?? '–'],
            [t.registered, <Time key="registered" at={instance.registeredAt} />],
            [t.process, instance.process ?? '–'],
            [t.revision, instance.revision],
            ...(override === undefined
              ? []
              : [
                  [
                    t.ownStatus,
                    `${words[override.registered.status]}, ${t.weight} ${override.registered.weight}`,
                  ] as const,
                ]),
          ]}
        />
        {tags.length > 0 && (
          <div className="row wrap">
            {tags.map((tag) => (
              <Badge key={tag}>{tag}</Badge>
            ))}
          </div>
        )}
        <div>
          <h3>{t.metadata}</h3>
          <CodeBlock code={JSON.stringify(metadata, null, 2)} />
        </div>
        <div>
          <h3>{t.key}</h3>
          <CodeBlock code={`npx waypost get ${key}`} />
        </div>
      </div>
    </Dialog>
  )
}
