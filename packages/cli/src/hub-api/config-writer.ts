import type {
  Canary,
  ConfigCenter,
  CreateCanaryOptions,
  DocumentChange,
  PublishAllOptions,
  PublishedRelease,
  PublishOptions,
} from '@waypost/config/admin'

/** Who makes the changes of a command: the store, with its login, or a hub that is asked to. */
export interface ConfigWriter {
  publishAll(changes: readonly DocumentChange[], options: PublishAllOptions): Promise<readonly PublishedRelease[]>
  rollback(path: string, release: number, options: PublishOptions): Promise<PublishedRelease>
  readonly drafts: Pick<ConfigCenter['drafts'], 'save' | 'submit' | 'approve' | 'reject' | 'discard' | 'publish'>
  readonly canaries: Pick<ConfigCenter['canaries'], 'promote' | 'abort'> & {
    create(path: string, options: CreateCanaryOptions): Promise<CanaryFacts>
    raise(...given: Parameters<ConfigCenter['canaries']['raise']>): Promise<CanaryFacts>
  }
  readonly policies: Pick<ConfigCenter['policies'], 'set' | 'delete'>
  readonly schemas: Pick<ConfigCenter['schemas'], 'set' | 'delete'>
}

/** A canary without its document. */
export type CanaryFacts = Omit<Canary, 'content'>
