import type { EtcdClient } from '@waypost/client'
import { environmentKeyring, type Keyring } from '@waypost/config'
import type { Coordination } from '@waypost/coordination'
import { type Clock, messageOf, WaypostError } from '@waypost/core'
import type { Logger } from 'pino'
import { AllowedNetworks, type Network } from '../webhooks/allowed-networks.ts'
import { defaultRetryLimits } from '../webhooks/hook-worker.ts'
import { WebhookSender } from '../webhooks/send.ts'
import { WebhookDispatcher } from '../webhooks/webhook-dispatcher.ts'
import { readPosition } from './begin.ts'
import { TimelineRecorder } from './recorder.ts'
import type { TimelineRetention } from './retention.ts'
import { Timeline } from './timeline.ts'
import { TimelineFeed } from './timeline-feed.ts'

/** How a hub takes part in recording the timeline and in sending webhooks. */
export interface TimelineSettings {
  /** Whether it stands for election to do so. Reading works in any case. */
  readonly isOn: boolean
  readonly retention: Partial<TimelineRetention>
  /** Where webhooks may lead. */
  readonly networks: readonly Network[]
}

export interface TimelineServiceParts {
  readonly settings: TimelineSettings
  /** With the hub's own login: recording needs to read all that is recorded. */
  readonly own: {
    readonly user: string | undefined
    readonly etcd: EtcdClient
    readonly coordination: Coordination
  }
  readonly clock: Clock
  readonly logger: Logger
}

/** The timeline and the webhooks of a hub. */
export class TimelineService {
  readonly timeline: Timeline
  readonly feed: TimelineFeed
  readonly networks: AllowedNetworks
  readonly sender: WebhookSender
  readonly #parts: TimelineServiceParts
  #keyring: Promise<Keyring | undefined> | undefined
  #recorder: TimelineRecorder | undefined
  #dispatcher: WebhookDispatcher | undefined

  constructor(parts: TimelineServiceParts) {
    const { own, clock, settings } = parts
    this.#parts = parts
    this.timeline = new Timeline(own.etcd)
    this.feed = new TimelineFeed(own.etcd, clock)
    this.networks = new AllowedNetworks(settings.networks)
    this.sender = new WebhookSender(this.networks, clock)
  }

  /** What this hub does for the recording; `undefined` when it takes no part in it. */
  get recorder(): TimelineRecorder | undefined {
    return this.#recorder
  }

  /**
   * Fails with `failed-precondition` when the store asks for a login and the hub has none of its own: the timeline is
   * read with that, and shown by the caller's rights.
   */
  checkLogin(callerUser: string | undefined): void {
    if (callerUser === undefined || this.#parts.own.user !== undefined) return
    throw new WaypostError(
      'failed-precondition',
      'The hub has no login of its own, which it needs to read the timeline. Start it with --user.',
    )
  }

  /** With what webhooks are encrypted: the keys of the environment. */
  keyring(): Promise<Keyring | undefined> {
    this.#keyring ??= environmentKeyring()
    return this.#keyring
  }

  /** The last event that is recorded. */
  async lastId(signal: AbortSignal | undefined): Promise<string | undefined> {
    return (await readPosition(this.#parts.own.etcd, signal))?.position.lastId
  }

  /** Stands for election. Fails when the keys of the environment cannot be read. */
  async start(): Promise<void> {
    const { settings, own, clock, logger } = this.#parts
    if (!settings.isOn) return
    const keyring = await this.keyring()
    this.#recorder = new TimelineRecorder(own.etcd, own.coordination, {
      clock,
      retention: settings.retention,
      onError: complaintsTo(logger, clock, 'The timeline is not recorded'),
    })
    this.#dispatcher = new WebhookDispatcher({
      etcd: own.etcd,
      coordination: own.coordination,
      clock,
      keyring,
      timeline: this.timeline,
      feed: this.feed,
      sender: this.sender,
      retry: defaultRetryLimits,
      onError: complaintsTo(logger, clock, 'A webhook is not sent'),
    })
  }

  /** Hands its leads to other hubs. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([this.#recorder?.close(), this.#dispatcher?.close()])
    await Promise.all([this.feed.close(), this.sender.close()])
  }
}

/** How often the same failure is logged. */
const sameFailureMs = 10 * 60_000

/** It is tried again every few seconds: a failure that lasts is logged when it begins, and now and then. */
function complaintsTo(logger: Logger, clock: Clock, what: string): (error: unknown) => void {
  let last = ''
  let lastMs = 0
  return (error) => {
    const message = messageOf(error)
    const nowMs = clock.monotonicMs()
    if (message === last && nowMs - lastMs < sameFailureMs) return
    last = message
    lastMs = nowMs
    logger.warn(`${what}: ${message}`)
  }
}
