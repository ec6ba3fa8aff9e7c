export type Labels = Readonly<Record<string, string>>

/** One line: a value with the labels that tell it from the metric's others. */
export interface Sample {
  readonly labels?: Labels | undefined
  readonly value: number
}

/**
 * One metric in Prometheus' text format.
 *
 * Source: Prometheus, "Exposition formats".
 */
export function metricText(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: number | readonly Sample[],
): string {
  const all = typeof samples === 'number' ? [{ value: samples }] : samples
  return `${head(name, type, help)}${all.map(({ labels, value }) => sampleLine(name, labels, value)).join('')}`
}

export function head(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
}

export function sampleLine(name: string, labels: Labels | undefined, value: number): string {
  const pairs = Object.entries(labels ?? {}).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${numberText(value)}\n`
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}
