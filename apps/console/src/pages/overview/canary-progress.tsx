import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { Meter } from '../../ui/badge.tsx'
import { overviewMessages } from './messages.ts'

/** How far a canary is: who has it, who refuses it, who has not said. */
export function CanaryProgress({ path, canary }: { readonly path: string; readonly canary: string }) {
  const t = useMessages(overviewMessages)
  const { data } = useOperation('config.canaries', { params: { path } }, ['waypost/config'])
  const progress = data?.progress.find(({ name }) => name === canary)
  if (progress === undefined) return null
  const { applied, rejected, pending } = progress
  const words = t.canaryProgress(applied, rejected, pending)
  return (
    <span className="canary-progress">
      <Meter
        label={words}
        parts={[
          { value: applied, tone: 'ok' },
          { value: rejected, tone: 'bad' },
          { value: pending, tone: 'quiet' },
        ]}
      />
      <span className="muted small">{words}</span>
    </span>
  )
}
