import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useMessages } from '../../i18n/language.ts'
import { layoutMap, type MapEdge, nodeHeight, nodeWidth, type PlacedNode } from './map-layout.ts'
import { servicesMessages } from './messages.ts'
import './service-map.css'

export interface MapService {
  readonly name: string
  readonly up: number
  readonly total: number
}

/** Who calls whom, drawn from who follows whom. Pointing at a service shows its neighbours; opening it leads there. */
export function ServiceMap({
  services,
  edges,
}: {
  readonly services: readonly MapService[]
  readonly edges: readonly MapEdge[]
}) {
  const t = useMessages(servicesMessages)
  const navigate = useNavigate()
  const [pointed, setPointed] = useState<string>()
  const layout = useMemo(
    () =>
      layoutMap(
        services.map(({ name }) => name),
        edges,
      ),
    [services, edges],
  )
  const placeOf = new Map(layout.nodes.map((node) => [node.name, node]))
  const countsOf = new Map(services.map((service) => [service.name, service]))
  const isLit = (name: string): boolean =>
    pointed === undefined ||
    name === pointed ||
    layout.edges.some(({ from, to }) => (from === pointed && to === name) || (to === pointed && from === name))
  return (
    <div className="service-map">
      <svg
        viewBox={`-8 -8 ${layout.width + 16} ${layout.height + 16}`}
        width={layout.width + 16}
        height={layout.height + 16}
        role="group"
        aria-label={t.map}
      >
        {layout.edges.map((edge) => {
          const from = placeOf.get(edge.from)
          const to = placeOf.get(edge.to)
          if (from === undefined || to === undefined) return null
          const isOn = edge.from === pointed || edge.to === pointed
          return (
            <path
              key={`${edge.from}→${edge.to}`}
              d={curve(from, to)}
              className={`map-edge ${isOn ? 'on' : pointed === undefined ? '' : 'off'}`}
              strokeWidth={Math.min(4, 1 + Math.log2(1 + edge.processes))}
            >
              <title>{t.follows(edge.from, edge.to, edge.processes)}</title>
            </path>
          )
        })}
        {layout.nodes.map((node) => {
          const counts = countsOf.get(node.name)
          const tone =
            counts === undefined || counts.total === 0
              ? 'none'
              : counts.up === 0
                ? 'bad'
                : counts.up < counts.total
                  ? 'warn'
                  : 'ok'
          const open = (): void => void navigate({ to: '/services/$name', params: { name: node.name } })
          return (
            <g
              key={node.name}
              className={`map-node ${tone} ${isLit(node.name) ? '' : 'off'}`}
              transform={`translate(${node.x} ${node.y})`}
              role="link"
              tabIndex={0}
              aria-label={`${node.name}: ${t.upOf(counts?.up ?? 0, counts?.total ?? 0)}`}
              onClick={open}
              onKeyDown={(event) => event.key === 'Enter' && open()}
              onPointerEnter={() => setPointed(node.name)}
              onPointerLeave={() => setPointed(undefined)}
              onFocus={() => setPointed(node.name)}
              onBlur={() => setPointed(undefined)}
            >
              <rect width={nodeWidth} height={nodeHeight} rx="7" />
              <circle cx="16" cy={nodeHeight / 2} r="4.5" />
              <text x="30" y={nodeHeight / 2 + 4.5}>
                {shortened(node.name)}
              </text>
              <text x={nodeWidth - 12} y={nodeHeight / 2 + 4.5} textAnchor="end" className="map-count">
                {counts === undefined ? '' : `${counts.up}/${counts.total}`}
              </text>
              <title>{node.name}</title>
            </g>
          )
        })}
      </svg>
    </div>
  )
}

function curve(from: PlacedNode, to: PlacedNode): string {
  const isBack = to.layer <= from.layer
  const x1 = from.x + nodeWidth
  const y1 = from.y + nodeHeight / 2
  const x2 = to.x
  const y2 = to.y + nodeHeight / 2
  const bend = isBack ? 70 : (x2 - x1) / 2
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
}

function shortened(name: string): string {
  return name.length > 14 ? `${name.slice(0, 13)}…` : name
}
