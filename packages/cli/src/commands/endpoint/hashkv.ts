import type { Command } from 'commander'
import type { GlobalOptions } from '../../command-line/global-options.ts'
import { examples } from '../../command-line/help.ts'
import { parseInt64 } from '../../command-line/parse-values.ts'
import { hashLines } from '../../print/fields.ts'
import { Output } from '../../print/output.ts'
import { forEachEndpoint, memberEndpoints } from '../../store/member-endpoints.ts'
import { withStore } from '../../store/store.ts'
import { hashJson } from './hash-json.ts'

export const output = new Output('simple', 'json', 'fields')

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
      hashes.push({
        endpoint,
        header,
        hash: kv.hash,
        compactRevision: kv.compactRevision,
        hashRevision: kv.hashRevision,
      })
    })
    await output.print(options, {
      simple: () =>
        hashes.map(({ endpoint, hash, hashRevision }) => `${endpoint}, ${hash}, ${hashRevision}\n`).join(''),
      json: () => hashJson(hashes),
      fields: () =>
        hashes
          .map(({ endpoint, header, hash, hashRevision }) => hashLines(endpoint, header, hash, hashRevision))
          .join(''),
    })
  })
}
