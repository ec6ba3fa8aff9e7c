import type { DeepReadonly, LiveConfig, StandardSchema } from '@waypost/config'

/** What a schema gives, read-only all the way down. */
export type ConfigOf<Schema> = Schema extends StandardSchema<unknown, infer Output> ? DeepReadonly<Output> : never

/** What `@InjectConfig(schema)` injects. */
export type LiveConfigOf<Schema> = LiveConfig<ConfigOf<Schema>>
