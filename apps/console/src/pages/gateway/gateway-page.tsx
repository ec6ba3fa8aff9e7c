import { Link } from '@tanstack/react-router'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { EmptyState } from '../../ui/empty.tsx'
import { Note } from '../../ui/note.tsx'
import { PageHead, Panel, Stat } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { ExplainPanel } from './explain-panel.tsx'
import './gateway.css'
import { GatewayTable } from './gateway-table.tsx'
import { CalledInstances } from './instance-table.tsx'
import { gatewayMessages } from './messages.ts'
import { type Gateway, rate, sumInstances, sumRoutes } from './route-sums.ts'
import { RouteTable } from './route-table.tsx'
import { TrafficChart } from './traffic-chart.tsx'
import { totalsOf, useTraffic } from './use-traffic.ts'

/** The routes that are in force and their live traffic, why newer ones are not, and the gateways. */
export function GatewayPage() {
  const t = useMessages(gatewayMessages)
  const query = useOperation('gateways.list', { query: {} }, ['waypost/gateways'])
  return (
    <>
      <PageHead title={t.title} about={t.about} />
      <QueryView query={query}>
        {({ gateways }) =>
          gateways.length === 0 ? (
            <Panel flush>
              <EmptyState icon="gateway" title={t.empty} command="npx waypost gateway --port 8080">
                {t.emptyAbout}
              </EmptyState>
            </Panel>
          ) : (
            <Running gateways={gateways} />
          )
        }
      </QueryView>
      <ExplainPanel />
    </>
  )
}

function Running({ gateways }: { readonly gateways: readonly Gateway[] }) {
  const t = useMessages(gatewayMessages)
  const samples = useTraffic(gateways)
  const { requests, errors } = totalsOf(gateways)
  const routes = sumRoutes(gateways)
  const called = sumInstances(gateways)
  const all = Math.max(...gateways.map(({ routeCount }) => routeCount))
  const sum = (of: (gateway: Gateway) => number): string =>
    gateways.reduce((total, gateway) => total + of(gateway), 0).toLocaleString('en')
  return (
    <>
      <Refusals gateways={gateways} />
      <dl className="stats">
        <Stat label={t.gateways} value={gateways.length} />
        <Stat label={t.requests} value={rate(requests)} />
        <Stat
          label={t.errors}
          value={rate(errors)}
          detail={t.errorsAbout}
          {...(errors > 0 ? { tone: 'bad' as const } : {})}
        />
        <Stat label={t.inFlight} value={sum(({ inFlight }) => inFlight)} />
        <Stat label={t.connections} value={sum(({ connections }) => connections)} />
      </dl>
      <Panel title={t.traffic}>
        <TrafficChart samples={samples} />
      </Panel>
      <Panel title={t.routes} flush>
        <RouteTable routes={routes} total={requests} />
        {all > routes.length && <p className="muted small panel-note">{t.cut(routes.length, all)}</p>}
      </Panel>
      {called.length > 0 && (
        <Panel title={t.instances} flush>
          <CalledInstances instances={called} />
        </Panel>
      )}
      <Panel title={t.gateways} flush>
        <GatewayTable gateways={gateways} />
      </Panel>
    </>
  )
}

/** Each document that is refused, once, with why; and whether all gateways have the same routes. */
function Refusals({ gateways }: { readonly gateways: readonly Gateway[] }) {
  const t = useMessages(gatewayMessages)
  const refusing = gateways.filter(({ document }) => document.problems.length > 0)
  const paths = [...new Set(refusing.map(({ document }) => document.path))]
  const problemsOf = (path: string): readonly string[] => [
    ...new Set(refusing.filter(({ document }) => document.path === path).flatMap(({ document }) => document.problems)),
  ]
  const inForce = new Set(gateways.map(({ document }) => `${document.path} ${document.release ?? document.revision}`))
  return (
    <>
      {paths.map((path) => (
        <Note key={path} tone="bad">
          <div className="row wrap between">
            <strong>{t.refusedTitle(refusing.filter(({ document }) => document.path === path).length)}</strong>
            <Link to="/configuration/$path" params={{ path }}>
              {t.openDocument}
            </Link>
          </div>
          <ul>
            {problemsOf(path).map((problem) => (
              <li key={problem} className="foreign">
                {problem}
              </li>
            ))}
          </ul>
        </Note>
      ))}
      {refusing.length === 0 && inForce.size > 1 && <Note tone="warn">{t.differing}</Note>}
    </>
  )
}
