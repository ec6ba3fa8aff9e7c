import { Link } from '@tanstack/react-router'
import type { ResultOf } from '../../api/call.ts'
import { useMessages } from '../../i18n/language.ts'
import { Panel } from '../../ui/panel.tsx'
import { Time } from '../../ui/time.tsx'
import { CanaryProgress } from './canary-progress.tsx'
import { overviewMessages } from './messages.ts'

/** The releases of the day, and the canaries that run. */
export function ReleasePanels({ config }: { readonly config: ResultOf<'hub.overview'>['config'] }) {
  const t = useMessages(overviewMessages)
  if (config === undefined) return null
  const { releasesToday, canaries } = config
  return (
    <div className="grid-2">
      <Panel title={t.releasesToday} flush>
        <ul className="problem-list">
          {releasesToday.slice(0, 8).map(({ path, release, author, at }) => (
            <li key={`${path} ${release}`}>
              <Link to="/configuration/$path" params={{ path }}>
                <bdi className="mono">{path}</bdi>
                <span className="muted small">
                  {t.release(release)} · <bdi>{author ?? '–'}</bdi> · <Time at={at} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
        {releasesToday.length === 0 && <p className="muted panel-note">{t.noReleases}</p>}
      </Panel>
      <Panel title={t.canaries} flush>
        <ul className="problem-list">
          {canaries.map(({ path, name, at }) => (
            <li key={`${path} ${name}`}>
              <Link to="/configuration/$path" params={{ path }} search={{ tab: 'canaries' }}>
                <bdi className="mono">{path}</bdi>
                <span className="muted small">
                  <bdi>{name}</bdi> · <Time at={at} />
                </span>
                <CanaryProgress path={path} canary={name} />
              </Link>
            </li>
          ))}
        </ul>
        {canaries.length === 0 && <p className="muted panel-note">{t.noCanaries}</p>}
      </Panel>
    </div>
  )
}
