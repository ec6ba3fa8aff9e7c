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
import { AbortDialog, PromoteDialog, RaiseDialog } from './canary-dialogs.tsx'
import { CanaryWizard } from './canary-wizard.tsx'
import type { Document } from './lazy-editors.ts'
import { configurationMessages } from './messages.ts'

export type Canary = ResultOf<'config.canaries'>['canaries'][number]
type Progress = ResultOf<'config.canaries'>['progress'][number]

/** The canaries of a document and how far each is, live. */
export function CanaryPanel({ path, document }: { readonly path: string; readonly document: Document }) {
  const t = useMessages(configurationMessages)
  const lacks = useLacks('write', `/waypost/config/canaries/${path}`)
  const [isMaking, setMaking] = useState(false)
  const query = useOperation('config.canaries', { params: { path } }, ['waypost/config'])
  const begin = (
    <Button look="primary" icon="plus" lacks={lacks} onClick={() => setMaking(true)}>
      {t.newCanary}
    </Button>
  )
  return (
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
                  path={path}
                  canary={canary}
                  progress={progress.find(({ name }) => name === canary.name)}
                  lacks={lacks}
                />
              ))}
            </>
          )}
          {isMaking && <CanaryWizard path={path} document={document} onClose={() => setMaking(false)} />}
        </div>
      )}
    </QueryView>
  )
}

function OneCanary({
  path,
  canary,
  progress,
  lacks,
}: {
  readonly path: string
  readonly canary: Canary
  readonly progress: Progress | undefined
  readonly lacks: string | undefined
}) {
  const t = useMessages(configurationMessages)
  const [opened, setOpened] = useState<'raise' | 'promote' | 'abort'>()
  const { applied = 0, rejected = 0, pending = 0 } = progress ?? {}
  const close = (): void => setOpened(undefined)
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
          <Button lacks={lacks} onClick={() => setOpened('abort')}>
            {t.abort}
          </Button>
          {rule.percent !== undefined && rule.percent < 100 && (
            <Button lacks={lacks} onClick={() => setOpened('raise')}>
              {t.raise}
            </Button>
          )}
          <Button look="primary" lacks={lacks} onClick={() => setOpened('promote')}>
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
      </div>
      {opened === 'raise' && <RaiseDialog path={path} canary={canary} onClose={close} />}
      {opened === 'promote' && <PromoteDialog path={path} canary={canary} onClose={close} />}
      {opened === 'abort' && <AbortDialog path={path} canary={canary} onClose={close} />}
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
