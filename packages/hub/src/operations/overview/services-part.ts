import type { OperationContext } from '../../operation/operation-context.ts'
import { withDirectory } from '../services/directories.ts'
import { recentLossesIfKnown, type Suspect, suspectsIn } from '../services/suspects.ts'
import type { Finding } from './findings.ts'

export async function servicesPart(context: OperationContext) {
  const losses = await recentLossesIfKnown(context)
  return withDirectory(context.caller.registry, (directory) => {
    const instances = { total: 0, up: 0, starting: 0, leaving: 0, disabled: 0 }
    const withoutUp: string[] = []
    let count = 0
    for (const service of directory.services) {
      count += 1
      let up = 0
      for (const { status } of directory.instances(service)) {
        instances.total += 1
        instances[status] += 1
        if (status === 'up') up += 1
      }
      if (up === 0) withoutUp.push(service)
    }
    const suspects = countedSuspects(suspectsIn(losses, directory, context.hub.clock.epochMs()), (service) =>
      directory.instances(service).some(({ status }) => status === 'up'),
    )
    const lost = suspects.map(
      ({ service, count, hasOthers }): Finding => ({
        severity: hasOthers ? 'warning' : 'critical',
        code: 'instances-lost',
        about: service,
        message: `${count} instances of ${service} were lost together. Consumers go on calling them as suspect.`,
      }),
    )
    const findings = withoutUp.map(
      (about): Finding => ({
        severity: 'critical',
        code: 'service-without-instances',
        about,
        message: `No instance of ${about} takes traffic.`,
      }),
    )
    return {
      facts: {
        count,
        withoutUp: withoutUp.sort(),
        instances,
        suspects: suspects.map(({ hasOthers: _, ...rest }) => rest),
      },
      findings: [...lost, ...findings],
    }
  })
}

function countedSuspects(suspects: readonly Suspect[], hasUp: (service: string) => boolean) {
  return [...new Set(suspects.map(({ service }) => service))].map((service) => {
    const lost = suspects.filter((suspect) => suspect.service === service)
    return {
      service,
      count: lost.length,
      since: new Date(Math.min(...lost.map(({ sinceMs }) => sinceMs))).toISOString(),
      until: new Date(Math.max(...lost.map(({ untilMs }) => untilMs))).toISOString(),
      hasOthers: hasUp(service),
    }
  })
}
