import { type ExplainedRequest, type Rejection, takesTraffic } from '@waypost/gateway'
import type { Instance } from '@waypost/registry'
import { table } from '../../print/table.ts'
import { terminal } from '../../terminal/terminal.ts'

type Matched = Extract<ExplainedRequest, { kind: 'matched' }>

/** The most routes shown that do not take the request. */
const maxOthers = 10

/** An explanation for people. */
export function explanationText(
  answer: ExplainedRequest,
  instances: readonly Instance[] | undefined,
  showsAll: boolean,
): string {
  const { bold } = terminal.colors
  if (answer.kind === 'refused') {
    return `${bold('Refused')} with ${answer.answer.status}: ${answer.answer.detail ?? ''}\n`
  }
  const head =
    answer.kind === 'unmatched'
      ? `${bold('No route')} takes the request; it is answered with 404.\n`
      : matchedText(answer, instances)
  return head + othersText(answer.others, showsAll)
}

function matchedText(answer: Matched, instances: readonly Instance[] | undefined): string {
  const { bold } = terminal.colors
  const { route, because, params, chosen, sentPath, answer: fixed, request } = answer
  const names = Object.entries(params).map(([name, value]) => `${name} = ${value}`)
  const policies = route.policies.map(({ name, kind }) => (kind === name ? name : `${name} (${kind})`))
  const lines = [
    `${bold(route.name)} takes it: ${because.join('; ')}.`,
    ...(names.length > 0 ? [`Names: ${names.join(', ')}`] : []),
    `Policies: ${policies.length === 0 ? 'none' : policies.join(', ')}`,
  ]
  if (fixed) {
    const location = fixed.headers?.location
    lines.push(`Answered here with ${fixed.status}${location === undefined ? '' : ` to ${String(location)}`}.`)
  }
  if (chosen)
    lines.push(`Sent to ${bold(chosen.target.service)} (${chosen.reason}) as ${request.method} ${sentPath ?? ''}`)
  return `${lines.join('\n')}\n${chosen && instances ? instancesText(instances) : ''}`
}

function instancesText(instances: readonly Instance[]): string {
  if (instances.length === 0)
    return 'There is no such instance: the request is answered with 503, or by the fallback.\n'
  const rows = instances.map((instance) => [
    instance.id,
    instance.address,
    instance.status,
    instance.version ?? '',
    instance.zone ?? '',
    takesTraffic(instance) ? 'candidate' : 'takes no traffic',
  ])
  return table(['INSTANCE', 'ADDRESS', 'STATUS', 'VERSION', 'ZONE', ''], rows, terminal.tableStyle)
}

function othersText(others: readonly Rejection[], showsAll: boolean): string {
  if (others.length === 0) return ''
  const shown = showsAll ? others : others.slice(0, maxOthers)
  const rest = others.length - shown.length
  const lines = shown.map(({ route, reason }) => `  ${route}: ${reason}`)
  if (rest > 0) lines.push(`  and ${rest} more; --all shows them`)
  return `Not taken by:\n${lines.join('\n')}\n`
}
