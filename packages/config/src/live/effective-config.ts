import type { EtcdClient } from '@waypost/client'
import type { CallOptions, Clock } from '@waypost/core'
import { anything, callOptionKinds, type OptionKinds } from '@waypost/core/options'
import type { ConfigObject } from '../config-value.ts'
import type { JsonPath } from '../documents/json-path.ts'
import { identityOptionKinds, type Variables } from '../identity.ts'
import { Explainer, type Explanation, type KeyPath } from '../layers/explain.ts'
import { type ResolvedConfig, type ResolveTarget, resolveDocuments } from '../layers/resolve.ts'
import { checkLayerOptions, layerOptionKinds, walkLayers } from '../layers/walk.ts'
import { problemsError } from '../problem.ts'
import type { LoadedDocument } from './live-config.ts'
import { ReadDocuments } from './read-documents.ts'

/** Whose configuration is asked for. Without an `instance`, no canary is taken. */
export interface EffectiveOptions extends ResolveTarget, CallOptions {
  /** What `${env:NAME}` stands for there. Default: such placeholders stay, and are listed in `unresolved`. */
  readonly env?: Variables | undefined
}

export const effectiveOptionKinds: OptionKinds<EffectiveOptions> = {
  ...layerOptionKinds,
  ...identityOptionKinds,
  ...callOptionKinds,
  env: anything(),
}

/** What the configuration of some application, profile and instance is, at one revision of the store. */
export class EffectiveConfig {
  /** Merged, placeholders filled, before any schema. Secrets are `[secret]`. */
  readonly value: ConfigObject
  /** From general to specific. */
  readonly documents: readonly LoadedDocument[]
  /** The keys whose value only the process itself can know: variables of its environment, and secrets. */
  readonly unresolved: readonly JsonPath[]
  readonly revision: bigint
  readonly #config: ResolvedConfig

  /** @internal */
  constructor(config: ResolvedConfig, revision: bigint) {
    this.#config = config
    this.value = config.value
    this.unresolved = config.unresolved
    this.revision = revision
    this.documents = config.layers.map((layer) => ({
      path: layer.path,
      layer: layer.kind,
      revision: layer.revision,
      release: layer.release,
      canary: layer.canary,
    }))
  }

  /** Which document, line and release a key comes from; `undefined` for a key that no document sets. */
  explain(keyPath: KeyPath): Explanation | undefined {
    return new Explainer(this.#config).explain(keyPath)
  }

  /** Explains every key that has a value and no keys below it. */
  explainAll(): readonly Explanation[] {
    return new Explainer(this.#config).explainAll()
  }
}

const defaultTimeoutMs = 5_000

/** @internal Reads what is needed at one revision, following imports as they are found. */
export async function readEffective(
  etcd: EtcdClient,
  clock: Clock,
  target: EffectiveOptions,
): Promise<EffectiveConfig> {
  checkLayerOptions(target)
  const { signal, timeoutMs = defaultTimeoutMs, env, instance } = target
  const deadlineMs = clock.monotonicMs() + timeoutMs
  const read = new ReadDocuments(etcd, () => ({ signal, timeoutMs: Math.max(1, deadlineMs - clock.monotonicMs()) }))
  const identity = instance === undefined ? undefined : { ...target, instance }
  for (;;) {
    const { slots } = walkLayers(target, read, identity)
    if (!(await read.add(slots))) break
  }
  const { config, problems } = resolveDocuments(read, target, { env })
  if (problems) throw problemsError(problems)
  return new EffectiveConfig(config, read.revision)
}
