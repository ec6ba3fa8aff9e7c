import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { formatBytes } from '../../i18n/format.ts'
import { useMessages } from '../../i18n/language.ts'
import { EmptyState } from '../../ui/empty.tsx'
import { Icon } from '../../ui/icon.tsx'
import { PageHead, Panel, Stat } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Feed } from './feed.tsx'
import { overviewMessages } from './messages.ts'
import './overview.css'
import { type Problem, ProblemList } from './problem-list.tsx'
import { ReleasePanels } from './release-panels.tsx'

type Overview = ResultOf<'hub.overview'>
type Instances = NonNullable<Overview['services']>['instances']
type Suspects = NonNullable<Overview['services']>['suspects']

/** More problems than these are a number. */
const shownProblems = 12

/** What a person opens first: what is wrong, the figures, the releases of the day, and what happens. */
export function OverviewPage() {
  const t = useMessages(overviewMessages)
  const query = useOperation('hub.overview', {}, ['services', 'config', 'waypost'])
  return (
    <>
      <PageHead title={t.title} about={t.about} />
      <QueryView query={query}>{(overview) => <Figures overview={overview} />}</QueryView>
      <div className="overview">
        <div className="stack">
          {query.data !== undefined && (
            <>
              <Panel title={t.wrong} flush>
                <Wrong overview={query.data} />
              </Panel>
              {query.data.hidden.length > 0 && <p className="muted small">{t.hidden}</p>}
              <ReleasePanels config={query.data.config} />
            </>
          )}
        </div>
        <Panel title={t.feed} flush>
          <Feed />
        </Panel>
      </div>
    </>
  )
}

function Figures({ overview: { services, config, cluster } }: { readonly overview: Overview }) {
  const t = useMessages(overviewMessages)
  return (
    <dl className="stats">
      {services !== undefined && (
        <>
          <Stat label={t.services} value={services.count.toLocaleString()} />
          <Stat
            label={t.instances}
            value={services.instances.up.toLocaleString()}
            detail={restOf(services.instances, services.suspects, t)}
            {...(services.instances.up < services.instances.total ? { tone: 'warn' as const } : {})}
          />
        </>
      )}
      {config !== undefined && (
        <>
          <Stat label={t.documents} value={config.documents.toLocaleString()} detail={t.consumers(config.consumers)} />
          <Stat label={t.releasesToday} value={config.releaseCount.toLocaleString()} />
          <Stat label={t.draftsWaiting} value={config.drafts.submitted.toLocaleString()} />
        </>
      )}
      {cluster !== undefined && (
        <Stat
          label={t.members}
          value={`${cluster.reachable} / ${cluster.members}`}
          detail={formatBytes(cluster.dbSizeBytes)}
          {...(cluster.reachable < cluster.members ? { tone: 'bad' as const } : {})}
        />
      )}
    </dl>
  )
}

function Wrong({ overview: { findings, services } }: { readonly overview: Overview }) {
  const t = useMessages(overviewMessages)
  const down = services?.withoutUp ?? []
  const problems: Problem[] = [
    ...down.map((name) => ({
      key: `service ${name}`,
      tone: 'bad' as const,
      text: t.noneUp(name),
      detail: '',
      href: `/services/${encodeURIComponent(name)}`,
    })),
    ...findings
      .filter(({ code, about = '' }) => code !== 'service-without-instances' || !down.includes(about))
      .map(({ code, about, message, severity }) => ({
        key: `${code} ${about ?? ''}`,
        tone: severity === 'critical' ? ('bad' as const) : ('warn' as const),
        text: sentenceOf(code, about, t) ?? message,
        detail: code === 'configuration-rejected' ? message : code,
        href: pageOf(code, about),
      })),
  ]
  if (problems.length > 0) {
    return (
      <ProblemList problems={problems.slice(0, shownProblems)} more={Math.max(0, problems.length - shownProblems)} />
    )
  }
  if (services?.count === 0) {
    return (
      <EmptyState icon="start" title={t.empty} command="npx waypost register hello --port 3000 -- node server.js">
        {t.emptyAbout}
      </EmptyState>
    )
  }
  return (
    <p className="all-well">
      <Icon name="check" size={18} />
      <span>
        <strong>{t.allWell}</strong> <span className="muted">{t.allWellAbout}</span>
      </span>
    </p>
  )
}

type Words = (typeof overviewMessages)['en']

/** What the instances that are not up do; without such, how many there are. */
function restOf({ total, starting, leaving, disabled }: Instances, suspects: Suspects, t: Words): string {
  const suspect = suspects.reduce((sum, { count }) => sum + count, 0)
  const rest = [
    suspect > 0 ? t.suspect(suspect) : '',
    starting > 0 ? t.starting(starting) : '',
    leaving > 0 ? t.leaving(leaving) : '',
    disabled > 0 ? t.disabled(disabled) : '',
  ].filter((words) => words !== '')
  return [t.ofAll(total), ...rest].join(' · ')
}

/** A finding of a known kind in the language of the page. */
function sentenceOf(code: string, about: string | undefined, t: Words): string | undefined {
  if (code === 'no-leader') return t.noLeader
  if (about === undefined) return undefined
  if (code === 'member-unreachable') return t.memberUnreachable(about)
  if (code === 'store-almost-full') return t.almostFull(about)
  if (code === 'instances-lost') return t.lost(about)
  if (code === 'configuration-rejected') return t.rejected(about)
  if (code === 'draft-waits') return t.draftWaits(about)
  return code.startsWith('alarm-') ? t.alarm(code.slice('alarm-'.length), about) : undefined
}

/** Where one can do something about a finding. */
function pageOf(code: string, about: string | undefined): string {
  if (/service|instance/.test(code)) return about === undefined ? '/services' : `/services/${encodeURIComponent(about)}`
  if (/config|document|canary|draft|release/.test(code)) return '/configuration'
  return '/cluster'
}
