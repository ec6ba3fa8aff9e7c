import { useMemo } from 'react'
import type { ResultOf } from '../../api/call.ts'
import { useOperation } from '../../api/use-operation.ts'
import { useMessages } from '../../i18n/language.ts'
import { EmptyState } from '../../ui/empty.tsx'
import { Panel } from '../../ui/panel.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { servicesMessages } from './messages.ts'
import { ServiceMap } from './service-map.tsx'

/** The map, of the services that are shown and of the applications that follow them. */
export function MapPanel({ services }: { readonly services: ResultOf<'services.list'>['services'] }) {
  const t = useMessages(servicesMessages)
  const query = useOperation('services.map', {}, ['waypost/services/subscribers'])
  return (
    <QueryView query={query}>
      {({ edges, unnamed }) => (
        <Panel flush title={<span className="muted small">{t.mapAbout}</span>}>
          {edges.length === 0 ? (
            <EmptyState icon="services" title={t.mapEmpty}>
              {t.mapEmptyAbout}
            </EmptyState>
          ) : (
            <Drawn services={services} edges={edges} />
          )}
          {unnamed > 0 && <p className="muted small panel-foot">{t.mapOutside(unnamed)}</p>}
        </Panel>
      )}
    </QueryView>
  )
}

function Drawn({
  services,
  edges,
}: {
  readonly services: ResultOf<'services.list'>['services']
  readonly edges: ResultOf<'services.map'>['edges']
}) {
  const nodes = useMemo(() => {
    const registered = new Map(services.map(({ name, up, total }) => [name, { name, up, total }]))
    const drawn = edges.filter(({ from, to }) => registered.has(to) || registered.has(from))
    for (const { from, to } of drawn) {
      for (const name of [from, to]) if (!registered.has(name)) registered.set(name, { name, up: 0, total: 0 })
    }
    return [...registered.values()]
  }, [services, edges])
  return <ServiceMap services={nodes} edges={edges} />
}
