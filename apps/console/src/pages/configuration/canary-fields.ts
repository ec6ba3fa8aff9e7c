import type { InputOf } from '../../api/call.ts'
import { commaList } from '../../ui/comma-list.ts'

/** What one types about a canary. */
export interface CanaryFields {
  readonly name: string
  readonly percent: string
  readonly zones: string
  readonly labels: string
  readonly instances: string
  readonly maxRejected: string
}

export const emptyFields: CanaryFields = {
  name: '',
  percent: '10',
  zones: '',
  labels: '',
  instances: '',
  maxRejected: '0',
}

type Proposal = InputOf<'config.previewCanary'>['body']

/** The field that keeps it from being made. */
export function problemOf({ name, percent, labels, maxRejected }: CanaryFields): keyof CanaryFields | undefined {
  if (name.trim() === '' || name.includes('/')) return 'name'
  const share = percent.trim() === '' ? 0 : Number(percent)
  if (!(share >= 0 && share <= 100)) return 'percent'
  if (labelsOf(labels) === undefined) return 'labels'
  return /^\d*$/.test(maxRejected.trim()) ? undefined : 'maxRejected'
}

export function proposalOf(fields: CanaryFields, content: string): Proposal {
  const [zones, instances] = [commaList(fields.zones), commaList(fields.instances)]
  const labels = labelsOf(fields.labels) ?? {}
  return {
    name: fields.name.trim(),
    content,
    rule: {
      ...(fields.percent.trim() === '' ? {} : { percent: Number(fields.percent) }),
      ...(zones.length === 0 ? {} : { zones }),
      ...(instances.length === 0 ? {} : { instances }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    ...(fields.maxRejected.trim() === '' ? {} : { limits: { maxRejected: Number(fields.maxRejected) } }),
  }
}

/** `tier=internal, tier=beta` as lists by name; `undefined` when a part has no name and value. */
export function labelsOf(text: string): Record<string, string[]> | undefined {
  const labels: Record<string, string[]> = {}
  for (const part of commaList(text)) {
    const [, name, value] = /^([^=]+)=(.+)$/.exec(part) ?? []
    if (name === undefined || value === undefined) return undefined
    labels[name.trim()] = [...(labels[name.trim()] ?? []), value.trim()]
  }
  return labels
}
