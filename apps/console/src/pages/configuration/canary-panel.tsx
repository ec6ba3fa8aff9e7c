import { useState } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useLacks } from '../../app/rights.ts'
import { useMessages } from '../../i18n/language.ts'
import { Badge, Meter } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty.tsx'
import { Facts, Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Time } from '../../ui/time.tsx'
import { CanaryDialog, type CanaryStep } from './canary-dialogs.tsx'
import { CanaryWizard } from './canary-wizard.tsx'
import type { Document } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'
import { ProcessTable, useProcesses } from './process-panel.tsx'

export type Canary = ResultOf<'config.canaries'>['canaries'][number]
type Progress = ResultOf<'config.canaries'>['progress'][number]

/** What one decides about: the canary and the release as they were then. */
interface Opened {
  readonly kind: CanaryStep
  readonly canary: Canary
  readonly release: number
}

/** The canaries of a document and how far each is, live. */
export function CanaryPanel({ path, document }: { readonly path: string; readonly document: Document }) {
  const t = useMessages(configurationMessages)
  const lacks = useLacks('write', `/waypost/config/canaries/${path}`)
  const [isMaking, setMaking] = useState(false)
  const [opened, setOpened] = useState<Opened>()
  const close = (): void => setOpened(undefined)
  const query = useOperation('config.canaries', { params: { path } }, ['waypost/config'])
  const status = useProcesses(path)
  const begin = (
    <Button look="primary" icon="plus" lacks={lacks} onClick={() => setMaking(true)}>
      {t.newCanary}
    </Button>
  )
  return (
    <>
      <QueryView query={query}>
        {({ canaries, progress }) => (
          <div className="stack">
            {canaries.length === 0 ? (
              <EmptyState icon="configuration" title={t.canariesEmpty} actions={begin}>
                {t.canariesEmptyAbout}
              </EmptyState>
            ) : (
              <>
                <div className="row">{begin}</div>
                {canaries.map((canary) => (
                  <OneCanary
                    key={canary.name}
                    canary={canary}
                    progress={progress.find(({ name }) => name === canary.name)}
                    processes={status.data?.processes.filter(({ canary: name }) => name === canary.name) ?? []}
                    lacks={lacks}
                    onOpen={(kind) => setOpened({ kind, canary, release: document.release })}
                  />
                ))}
              </>
            )}
          </div>
        )}
      </QueryView>
      {isMaking && <CanaryWizard path={path} document={document} onClose={() => setMaking(false)} />}
      {opened !== undefined && (
        <CanaryDialog
          path={path}
          {...opened}
          isOther={isOther(
            opened.canary,
            query.data?.canaries.find(({ name }) => name === opened.canary.name),
          )}
          onClose={close}
        />
      )}
    </>
  )
}

/** Whether a canary is no longer as it was when one began to decide about it. */
function isOther(then: Canary, now: Canary | undefined): boolean {
  return now === undefined || now.at !== then.at || JSON.stringify(now.rule) !== JSON.stringify(then.rule)
}

function OneCanary({
  canary,
  progress,
  processes,
  lacks,
  onOpen,
}: {
  readonly canary: Canary
  readonly progress: Progress | undefined
  readonly processes: ResultOf<'config.status'>['processes']
  readonly lacks: string | undefined
  readonly onOpen: (kind: Opened['kind']) => void
}) {
  const t = useMessages(configurationMessages)
  const { applied = 0, rejected = 0, pending = 0 } = progress ?? {}
  const { name, rule, author, comment, at, limits } = canary
  return (
    <Panel
      title={
        <span className="row foreign">
          {name} <Badge tone="info">{ruleText(rule, t.ruleEverybody, t.rulePercent)}</Badge>
        </span>
      }
      actions={
        <>
          <Button lacks={lacks} onClick={() => onOpen('abort')}>
            {t.abort}
          </Button>
          {rule.percent !== undefined && (
            <Button lacks={lacks} disabled={rule.percent >= 100} onClick={() => onOpen('raise')}>
              {t.raise}
            </Button>
          )}
          <Button look="primary" lacks={lacks} onClick={() => onOpen('promote')}>
            {t.promote}
          </Button>
        </>
      }
    >
      <div className="stack" aria-live="polite">
        <Meter
          label={t.counts(applied, rejected, pending)}
          parts={[
            { value: applied, tone: 'ok' },
            { value: rejected, tone: 'bad' },
            { value: pending, tone: 'info' },
          ]}
        />
        <Facts
          facts={[
            [t.state, t.counts(applied, rejected, pending)],
            [t.author, author ?? '–'],
            [t.comment, comment ?? '–'],
            [t.at, <Time key="at" at={at} />],
            [t.maxRejected, limits?.maxRejected === undefined ? '–' : String(limits.maxRejected)],
          ]}
        />
        {processes.length > 0 && <ProcessTable processes={processes} maxHeight="32vh" />}
      </div>
    </Panel>
  )
}

/** Whom a rule is for, in a few words. */
export function ruleText(
  { percent, zones = [], labels = {}, instances = [] }: Canary['rule'],
  everybody: string,
  percentText: (percent: number) => string,
): string {
  const parts = [
    ...(percent === undefined ? [] : [percentText(percent)]),
    ...zones,
    ...Object.entries(labels).map(([label, values]) => `${label}=${values.join('|')}`),
    ...instances,
  ]
  return parts.length === 0 ? everybody : parts.join(', ')
}
