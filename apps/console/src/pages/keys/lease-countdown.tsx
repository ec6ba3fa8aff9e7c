import { useMessages } from '../../i18n/language.ts'
import { useNow } from '../../i18n/now.ts'
import { Meter } from '../../ui/badge.tsx'
import { keysMessages } from './messages.ts'

/** How long the lease of a key still lives unless it is renewed; it was read a moment ago. */
export function LeaseCountdown({
  lease,
  ttlSeconds,
  grantedTtlSeconds,
  readAtMs,
}: {
  readonly lease: string
  readonly ttlSeconds: number
  readonly grantedTtlSeconds: number
  readonly readAtMs: number
}) {
  const t = useMessages(keysMessages)
  const nowMs = useNow()
  const left = Math.max(0, ttlSeconds - Math.floor(Math.max(0, nowMs - readAtMs) / 1_000))
  const words = t.ttl(left, grantedTtlSeconds)
  return (
    <span className="stack tight">
      <code>{lease}</code>
      <span className="small" role="timer">
        {words}
      </span>
      <Meter
        label={words}
        parts={[
          { value: left, tone: left * 4 < grantedTtlSeconds ? 'warn' : 'ok' },
          { value: Math.max(0, grantedTtlSeconds - left), tone: 'none' },
        ]}
      />
    </span>
  )
}
