import type { Canary, ConfigCenter } from '@waypost/config/admin'
import type { Asked } from '../access/asked.ts'
import type { AuthorOptions } from '../commands/config/release/author.ts'
import { withConfig } from '../store/store.ts'
import type { CanaryFacts, ConfigWriter } from './config-writer.ts'
import { HubApi } from './hub-api.ts'
import { HubConfig } from './hub-config.ts'
import { type HubOption, hubOf } from './hub-option.ts'

/**
 * Does something with the configuration: what it reads comes from the store, what it writes goes where the command says.
 * With a hub, the store need not be reached unless something is read.
 */
export async function withConfigWriter<T>(
  options: AuthorOptions & HubOption,
  use: (config: ConfigCenter, writer: ConfigWriter) => Promise<T>,
  access?: Asked,
): Promise<T> {
  const hub = hubOf(options)
  if (hub === undefined) return await withConfig(options, (config) => use(config, directWriter(config)), access)
  const writer = new HubConfig(new HubApi(hub, options), options.author)
  return await withConfig(options, (config) => use(config, writer), access, { mayBeAway: true })
}

function directWriter({ releases, drafts, canaries, policies, schemas }: ConfigCenter): ConfigWriter {
  return {
    publishAll: async (changes, options) => (await releases.publishAll(changes, options)).releases,
    rollback: (path, release, options) => releases.rollback(path, release, options),
    drafts,
    canaries: {
      create: async (path, options) => factsOf(await canaries.create(path, options)),
      raise: async (...given) => factsOf(await canaries.raise(...given)),
      promote: (...given) => canaries.promote(...given),
      abort: (...given) => canaries.abort(...given),
    },
    policies,
    schemas,
  }
}

function factsOf({ content: _, ...facts }: Canary): CanaryFacts {
  return facts
}
