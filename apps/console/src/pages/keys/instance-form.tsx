import { Link } from '@tanstack/react-router'
import { useMessages } from '../../i18n/language.ts'
import { Facts } from '../../ui/panel.tsx'
import { Time } from '../../ui/time.tsx'
import { keysMessages } from './messages.ts'

/** What a record of an instance says, field by field. */
export function InstanceForm({ service, record }: { readonly service: string; readonly record: object }) {
  const t = useMessages(keysMessages)
  return (
    <Facts
      facts={[
        [
          t.service,
          <Link key="service" to="/services/$name" params={{ name: service }} className="foreign">
            {service}
          </Link>,
        ],
        ...Object.entries(record)
          .filter(([name]) => name !== 'service')
          .map(
            ([name, value]: [string, unknown]) =>
              [
                name,
                name === 'registeredAt' && typeof value === 'string' ? (
                  <Time key={name} at={value} />
                ) : (
                  <code key={name}>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
                ),
              ] as const,
          ),
      ]}
    />
  )
}

/** The service and the record, when a key holds an instance. */
export function instanceIn(
  key: string,
  value: string,
): { readonly service: string; readonly record: object } | undefined {
  const service = /^\/services\/([^/]+)\/[^/]+$/.exec(key)?.[1]
  if (service === undefined) return undefined
  try {
    const record: unknown = JSON.parse(value)
    return typeof record === 'object' && record !== null ? { service, record } : undefined
  } catch {
    return undefined
  }
}
