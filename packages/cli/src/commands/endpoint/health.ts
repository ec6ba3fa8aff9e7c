import { WaypostError } from '@waypost/core'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { factsOutput } from '../../print/output.ts'
import { forEachEndpoint, memberEndpoints } from '../../store/member-endpoints.ts'
import { withStore } from '../../store/store.ts'

export const output = factsOutput

interface HealthOptions extends GlobalOptions {
  readonly cluster?: true
}

export function define(command: Command): void {
  command
    .description(
      'Check whether each endpoint answers a read, and whether an alarm is active. Fails if one does not answer.',
    )
    .option('--cluster', 'ask every member that the store knows, not only the endpoints given')
    .addHelpText('after', examples(['waypost endpoint health', '']))
    .action(health)
}

async function health(_own: HealthOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<HealthOptions>()
  const healthy: { endpoint: string; health: boolean; took: string }[] = []
  await withStore(options, async (etcd) => {
    await forEachEndpoint(await memberEndpoints(etcd, options.cluster), async (endpoint) => {
      const beganMs = performance.now()
      const { errors } = await etcd.maintenance.status({ endpoint })
      if (errors.length > 0)
        throw new WaypostError('failed-precondition', `${endpoint} is unhealthy: ${errors.join(', ').trim()}`)
      const took = `${(performance.now() - beganMs).toFixed(6)}ms`
      healthy.push({ endpoint, health: true, took })
    })
  })
  await output.print(options, {
    simple: () =>
      healthy
        .map(({ endpoint, took }) => `${endpoint} is healthy: successfully committed proposal: took = ${took}\n`)
        .join(''),
    json: () => healthy,
  })
}
