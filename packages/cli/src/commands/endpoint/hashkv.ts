import type { Command } from 'commander'
import type { GlobalOptions } from '../../global-options.ts'
import { examples } from '../../help.ts'
import { forEachEndpoint, memberEndpoints } from '../../member-endpoints.ts'
import { hashLines } from '../../output/fields.ts'
import { hashJson } from '../../output/maintenance.ts'
import { parseInt64 } from '../../parse-values.ts'
import { withStore } from '../../store.ts'
import { terminal } from '../../terminal.ts'

interface HashOptions extends GlobalOptions {
  readonly cluster?: true
  readonly rev?: bigint
}

export function define(command: Command): void {
  command
    .description(
      'Hash the keys with all their versions. Members, and copies, with the same history have the same hash.',
    )
    .option('--cluster', 'ask every member that the store knows, not only the endpoints given')
    .option('--rev <revision>', 'the last revision that counts; 0 is the newest', parseInt64)
    .addHelpText('after', examples(['waypost endpoint hashkv --cluster', '']))
    .action(hash)
}

async function hash(_own: HashOptions, command: Command): Promise<void> {
  const options = command.optsWithGlobals<HashOptions>()
  await withStore(options, async (etcd) => {
    const hashes: Parameters<typeof hashJson>[0][number][] = []
    await forEachEndpoint(await memberEndpoints(etcd, options.cluster), async (endpoint) => {
      const kv = await etcd.maintenance.hashKv({ endpoint, revision: options.rev })
      const header = { ...(await etcd.maintenance.status({ endpoint })), revision: kv.revision }
      hashes.push({ endpoint, header, hash: kv.hash, compactRevision: kv.compactRevision })
    })
    if (options.writeOut === 'json') terminal.write(hashJson(hashes))
    else if (options.writeOut === 'fields')
      for (const { endpoint, header, hash } of hashes) terminal.write(hashLines(endpoint, header, hash))
    else for (const { endpoint, hash } of hashes) terminal.write(`${endpoint}, ${hash}\n`)
  })
}
