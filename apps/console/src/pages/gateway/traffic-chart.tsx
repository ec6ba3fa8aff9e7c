import { useMessages } from '../../i18n/language.ts'
import { gatewayMessages } from './messages.ts'
import { rate } from './route-sums.ts'
import './gateway.css'
import type { Sample } from './use-traffic.ts'

const width = 600
const height = 90

/** Requests as a line, errors as an area below it. */
export function TrafficChart({ samples }: { readonly samples: readonly Sample[] }) {
  const t = useMessages(gatewayMessages)
  const last = samples.at(-1)
  const first = samples[0]
  if (last === undefined || first === undefined) return null
  // One report says nothing of a rise or a fall: it is drawn flat.
  const points = samples.length === 1 ? [first, last] : samples
  const most = Math.max(1, ...samples.map(({ requests }) => requests))
  const x = (index: number): number => (index / (points.length - 1)) * width
  const y = (value: number): number => height - (value / most) * (height - 8)
  const line = (of: (sample: Sample) => number): string =>
    points
      .map((sample, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(of(sample)).toFixed(1)}`)
      .join('')
  const requests = line((sample) => sample.requests)
  const errors = line((sample) => sample.errors)
  const down = `L${width} ${height}L0 ${height}Z`
  const seconds = Math.round((last.atMs - first.atMs) / 1_000)
  return (
    <figure className="traffic-chart">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${t.requests}: ${rate(last.requests)}. ${t.errors}: ${rate(last.errors)}.`}
      >
        <path className="area" d={requests + down} />
        <path className="line" d={requests} />
        <path className="errors" d={errors + down} />
      </svg>
      <figcaption className="faint small">{t.trafficAbout(samples.length, seconds)}</figcaption>
    </figure>
  )
}
