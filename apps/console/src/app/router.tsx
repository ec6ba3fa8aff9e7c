import {
  createRootRoute,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  Link,
  lazyRouteComponent,
} from '@tanstack/react-router'
import { readAhead } from '../api/use-operation.ts'
import { useMessages } from '../i18n/language.ts'
import { feedInput } from '../pages/overview/feed-input.ts'
import { EmptyState } from '../ui/empty.tsx'
import { ErrorPanel } from '../ui/error-panel.tsx'
import { Loading } from '../ui/query-view.tsx'
import { shellMessages } from './messages.ts'
import { oneOf, text } from './search-params.ts'
import { Shell } from './shell.tsx'

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: Crashed })

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: () => {
    // Not awaited: the page shows what has come.
    void readAhead('hub.overview', {})
    void readAhead('timeline.list', feedInput)
  },
  component: lazyRouteComponent(() => import('../pages/overview/overview-page.tsx'), 'OverviewPage'),
})

const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  validateSearch: (search) => ({ ...oneOf(search, 'view', ['list', 'map']), ...text(search, 'q') }),
  component: lazyRouteComponent(() => import('../pages/services/services-page.tsx'), 'ServicesPage'),
})

const service = createRoute({
  getParentRoute: () => root,
  path: '/services/$name',
  validateSearch: (search) => oneOf(search, 'tab', ['instances', 'followers', 'history']),
  component: lazyRouteComponent(() => import('../pages/services/service-page.tsx'), 'ServicePage'),
})

const configuration = createRoute({
  getParentRoute: () => root,
  path: '/configuration',
  validateSearch: (search) => oneOf(search, 'view', ['documents', 'drafts', 'effective']),
  component: lazyRouteComponent(() => import('../pages/configuration/configuration-page.tsx'), 'ConfigurationPage'),
})

const document = createRoute({
  getParentRoute: () => root,
  path: '/configuration/$path',
  validateSearch: (search) => ({
    ...oneOf(search, 'tab', ['document', 'history', 'processes', 'canaries', 'draft']),
    ...oneOf(search, 'edit', ['yes']),
  }),
  component: lazyRouteComponent(() => import('../pages/configuration/document-page.tsx'), 'DocumentPage'),
})

const timeline = createRoute({
  getParentRoute: () => root,
  path: '/timeline',
  validateSearch: (search) => oneOf(search, 'view', ['events', 'moment']),
  component: lazyRouteComponent(() => import('../pages/timeline/timeline-page.tsx'), 'TimelinePage'),
})

const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('../pages/webhooks/webhooks-page.tsx'), 'WebhooksPage'),
})

const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  validateSearch: (search) => ({
    ...oneOf(search, 'view', ['tree', 'list']),
    ...text(search, 'prefix'),
    ...text(search, 'key'),
    ...text(search, 'at'),
  }),
  component: lazyRouteComponent(() => import('../pages/keys/keys-page.tsx'), 'KeysPage'),
})

const coordination = createRoute({
  getParentRoute: () => root,
  path: '/coordination',
  validateSearch: (search) => oneOf(search, 'tab', ['locks', 'queues', 'schedules']),
  component: lazyRouteComponent(() => import('../pages/coordination/coordination-page.tsx'), 'CoordinationPage'),
})

const gateway = createRoute({
  getParentRoute: () => root,
  path: '/gateway',
  component: lazyRouteComponent(() => import('../pages/gateway/gateway-page.tsx'), 'GatewayPage'),
})

const cluster = createRoute({
  getParentRoute: () => root,
  path: '/cluster',
  component: lazyRouteComponent(() => import('../pages/cluster/cluster-page.tsx'), 'ClusterPage'),
})

const access = createRoute({
  getParentRoute: () => root,
  path: '/access',
  component: lazyRouteComponent(() => import('../pages/access/access-page.tsx'), 'AccessPage'),
})

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: lazyRouteComponent(() => import('../pages/audit/audit-page.tsx'), 'AuditPage'),
})

const start = createRoute({
  getParentRoute: () => root,
  path: '/start',
  component: lazyRouteComponent(() => import('../pages/start/start-page.tsx'), 'StartPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    services,
    service,
    configuration,
    document,
    timeline,
    keys,
    coordination,
    gateway,
    cluster,
    access,
    audit,
    webhooks,
    start,
  ]),
  defaultPreload: 'intent',
  defaultPendingComponent: Loading,
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
})

function NotFound() {
  const t = useMessages(shellMessages)
  return <EmptyState title={t.notFound} actions={<Link to="/">{t.goHome}</Link>} />
}

function Crashed({ error, reset }: ErrorComponentProps) {
  return <ErrorPanel error={error} onRetry={reset} />
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
