import type { OperationContext } from '../../operation/operation-context.ts'
import { withDirectory } from '../services/directories.ts'
import type { Finding } from './findings.ts'

export async function servicesPart({ caller: { registry } }: OperationContext) {
  return withDirectory(registry, (directory) => {
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
    const findings = withoutUp.map(
      (about): Finding => ({
        severity: 'critical',
        code: 'service-without-instances',
        about,
        message: `No instance of ${about} takes traffic.`,
      }),
    )
    return { facts: { count, withoutUp: withoutUp.sort(), instances }, findings }
  })
}
