import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client'

/** What the hub counts about itself. Names follow Prometheus' conventions. */
export class HubMetrics {
  readonly #requests: Histogram<'operation' | 'status'>
  readonly #slowReaders: Counter
  readonly #readers: Gauge

  constructor(registry: Registry) {
    collectDefaultMetrics({ register: registry })
    const registers = [registry]
    this.#requests = new Histogram({
      name: 'waypost_hub_request_duration_seconds',
      help: 'Requests by operation and status. Streams of events are not counted.',
      labelNames: ['operation', 'status'],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers,
    })
    this.#readers = new Gauge({
      name: 'waypost_hub_event_stream_readers',
      help: 'Connected event stream readers.',
      registers,
    })
    this.#slowReaders = new Counter({
      name: 'waypost_hub_slow_readers_total',
      help: 'Event stream readers that did not keep up and were disconnected.',
      registers,
    })
  }

  answered(operation: string, status: number, seconds: number): void {
    this.#requests.observe({ operation, status }, seconds)
  }

  readerJoined(): void {
    this.#readers.inc()
  }

  readerLeft(): void {
    this.#readers.dec()
  }

  readerWasSlow(): void {
    this.#slowReaders.inc()
  }
}
