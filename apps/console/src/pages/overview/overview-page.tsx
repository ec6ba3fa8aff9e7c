import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { EmptyState } from '../../ui/empty.tsx'
import { PageHead, Panel, Stat } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { overviewMessages } from './messages.ts'
import { type Problem, ProblemList } from './problem-list.tsx'

/** The services that are looked through for problems. */
const limit = 10_000
/** More problems than these are a number. */
const shownProblems = 12

/** What a person opens first: what is wrong, and the figures. */
export function OverviewPage() {
  const t = useMessages(overviewMessages)
  const query = useOperation('services.list', { query: { limit } }, ['services', 'waypost/services/overrides'])
  return (
    <>
      <PageHead title={t.title} about={t.about} />
      <QueryView query={query}>
        {({ services, totals }) => {
          const down = services
            .filter(({ up, total }) => up < total || up === 0)
            .toSorted((a, b) => Number(a.up > 0) - Number(b.up > 0))
          const problems: Problem[] = down.slice(0, shownProblems).map(({ name, up, total }) => ({
            key: name,
            tone: up === 0 ? 'bad' : 'warn',
            text: up === 0 ? t.noneUp(name) : t.someDown(name, total - up),
            detail: t.registeredOf(total),
            href: `/services/${encodeURIComponent(name)}`,
          }))
          return (
            <>
              <dl className="stats">
                <Stat label={t.services} value={totals.services.toLocaleString()} />
                <Stat label={t.instances} value={totals.up.toLocaleString()} detail={t.ofAll(totals.total)} />
                <Stat label={t.starting} value={totals.starting.toLocaleString()} />
                <Stat
                  label={t.leaving}
                  value={totals.leaving.toLocaleString()}
                  {...(totals.leaving > 0 ? { tone: 'warn' } : {})}
                />
                <Stat
                  label={t.disabled}
                  value={totals.disabled.toLocaleString()}
                  {...(totals.disabled > 0 ? { tone: 'bad' } : {})}
                />
              </dl>
              <Panel title={t.wrong} flush>
                {totals.services === 0 ? (
                  <EmptyState
                    icon="start"
                    title={t.empty}
                    command="npx waypost register hello --port 3000 -- node server.js"
                  >
                    {t.emptyAbout}
                  </EmptyState>
                ) : problems.length === 0 ? (
                  <EmptyState icon="check" title={t.allWell}>
                    {t.allWellAbout}
                  </EmptyState>
                ) : (
                  <ProblemList problems={problems} more={down.length - problems.length} />
                )}
              </Panel>
            </>
          )
        }}
      </QueryView>
    </>
  )
}
