import { messageOf, WaypostError } from '@waypost/core'
import type { RoutesDocument } from '../document/routes-document.ts'
import { invalidRoutes } from '../gateway.ts'
import type { ExchangeTracer } from '../metrics/exchange-tracer.ts'
import { RoutedPlane } from '../routed-plane.ts'
import { Certificates } from '../server/certificates.ts'
import { DocumentReceiver } from './document-parts.ts'
import type { Taken, ToPrimary, ToWorker, WorkerSettings } from './messages.ts'
import { RemoteView } from './remote-view.ts'

/** How a worker speaks to the primary. */
export interface WorkerChannel {
  send(message: ToPrimary): void
  /** The worker is done: its process may end. */
  end(): void
}

/** OpenTelemetry is there for those who ask for traces. */
async function loadTracer(): Promise<ExchangeTracer> {
  try {
    const { openTelemetryTracer } = await import('../metrics/opentelemetry.ts')
    return openTelemetryTracer()
  } catch (error) {
    throw new WaypostError('failed-precondition', `Traces need the package @opentelemetry/api: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

/** A worker process: a data plane that is told everything by the primary. */
export class Worker {
  readonly #channel: WorkerChannel
  readonly #views = new Map<string, RemoteView>()
  readonly #received = new DocumentReceiver()
  readonly #waiting = new Map<number, (taken: Taken) => void>()
  #routed: RoutedPlane | undefined
  #certificates: Certificates | undefined
  #settings: WorkerSettings | undefined
  #lastId = 0

  constructor(channel: WorkerChannel) {
    this.#channel = channel
  }

  receive(message: ToWorker): void {
    switch (message.type) {
      case 'start':
        void this.#start(message.settings, message.document)
        break
      case 'routes': {
        const document = this.#received.receive(message)
        if (document === undefined) this.#channel.send({ type: 'next', id: message.id })
        else void this.#use(document)
        break
      }
      case 'certificates':
        this.#certificates?.replace(message.certificates)
        break
      case 'instances':
        this.#views.get(message.key)?.setAll(message.instances)
        break
      case 'changes':
        this.#views.get(message.key)?.apply(message.present, message.removed)
        this.#channel.send({ type: 'seen', id: message.id })
        break
      case 'taken':
        this.#waiting.get(message.id)?.(message.taken)
        this.#waiting.delete(message.id)
        break
      case 'count':
        if (this.#routed) this.#channel.send({ type: 'counts', id: message.id, counts: this.#routed.counts() })
        break
      case 'drain':
        void this.end()
    }
  }

  /** Answers what is under way, and ends. */
  async end(): Promise<void> {
    await this.#routed?.plane.drain(this.#settings?.drainTimeoutMs ?? 0)
    await this.#routed?.close()
    this.#channel.end()
  }

  async #start(settings: WorkerSettings, document: RoutesDocument): Promise<void> {
    try {
      this.#settings = settings
      const { tls, accessLogSample, workers, port, host, zone } = settings
      this.#certificates = tls && new Certificates(tls.certificates, tls.clientCa)
      this.#routed = new RoutedPlane({
        ...settings,
        tls: this.#certificates,
        workers,
        tracer: settings.traces ? await loadTracer() : undefined,
        accessLog:
          accessLogSample === undefined
            ? undefined
            : { write: (lines) => process.stdout.write(lines), sample: accessLogSample },
        warn: (message) => this.#channel.send({ type: 'notice', message }),
        sharedRate: (name, options) => ({
          tryTake: () =>
            new Promise((resolve) => {
              const id = ++this.#lastId
              this.#waiting.set(id, resolve)
              this.#channel.send({ type: 'take', id, name, options })
            }),
        }),
        openView: ({ key, service, where, balance }) => {
          const target = { key, service, where, balance }
          const view = new RemoteView(
            target,
            zone,
            (instance, result) => this.#channel.send({ type: 'outcome', key, instance, result }),
            () => {
              if (this.#views.get(key) !== view) return
              this.#views.delete(key)
              this.#channel.send({ type: 'unfollow', key })
            },
          )
          this.#views.set(key, view)
          this.#channel.send({ type: 'follow', target })
          return Promise.resolve(view)
        },
      })
      await this.#use(document)
      // It listens when it can answer: nobody waits for a list of instances then.
      await Promise.race([
        this.#routed.plane.core.upstreams.ready(),
        new Promise((resolve) => setTimeout(resolve, 5_000).unref()),
      ])
      this.#channel.send({ type: 'listening', port: await this.#routed.plane.listen(port, host) })
    } catch (error) {
      this.#channel.send({ type: 'failed', message: messageOf(error) })
      this.#channel.end()
    }
  }

  async #use(document: RoutesDocument): Promise<void> {
    const issues = (await this.#routed?.setDocument(document)) ?? []
    if (issues.length > 0) this.#channel.send({ type: 'notice', message: invalidRoutes(issues).message })
  }
}
