import { Histogram, head, type Labels, metricText, type Sample } from '@waypost/core/metrics'
import {
  RpcError,
  type RpcHandler,
  type ServerCall,
  StatusCode,
  type StreamRoute,
  type UnaryRoute,
} from '@waypost/rpc/server'
import { goCodeName } from '../rpc/go-code-name.ts'

const durationBoundsMs = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]

/** What is known of one method's calls. */
class MethodStats {
  readonly labels: Labels
  readonly durations = new Histogram(durationBoundsMs)
  readonly handled: number[] = Object.values(StatusCode).map(() => 0)
  started = 0

  constructor(path: string, type: 'unary' | 'stream') {
    const [, service = '', method = ''] = path.split('/')
    this.labels = { grpc_method: method, grpc_service: service, grpc_type: type }
  }

  /** Returns how long the call took. */
  finished(code: StatusCode, sinceMs: number): number {
    const durationMs = performance.now() - sinceMs
    this.handled[code] = (this.handled[code] ?? 0) + 1
    this.durations.observe(durationMs)
    return durationMs
  }
}

/** Is told of a unary call that has ended. */
type UnaryListener = (call: ServerCall, request: Uint8Array, code: StatusCode, durationMs: number) => void

/** Counts calls, whichever way they come, under the names that etcd's dashboards look for. */
export class RpcMetrics {
  readonly #methods: MethodStats[] = []
  readonly #onEnded: UnaryListener | undefined

  /** @param onEnded told of every unary call that has ended */
  constructor(onEnded?: UnaryListener) {
    this.#onEnded = onEnded
  }

  /** The same handler, counted. */
  counted(handler: RpcHandler): RpcHandler {
    const stats = new MethodStats(handler.path, handler.kind)
    this.#methods.push(stats)
    return handler.kind === 'unary' ? countedUnary(handler, stats, this.#onEnded) : countedStream(handler, stats)
  }

  text(): string {
    const used = this.#methods.filter(({ started }) => started > 0)
    return [
      metricText(
        'grpc_server_started_total',
        'counter',
        'Calls started.',
        used.map(({ labels, started }) => ({ labels, value: started })),
      ),
      metricText(
        'grpc_server_handled_total',
        'counter',
        'Unary calls answered, by status.',
        used.flatMap(handledSamples),
      ),
      head('grpc_server_handling_seconds', 'histogram', 'How long unary calls took.'),
      ...used
        .filter(({ labels }) => labels.grpc_type === 'unary')
        .map(({ labels, durations }) => durations.lines('grpc_server_handling_seconds', labels)),
    ].join('')
  }
}

function handledSamples({ labels, handled }: MethodStats): Sample[] {
  return Object.values(StatusCode).flatMap((code) => {
    const value = handled[code] ?? 0
    return value > 0 ? [{ labels: { grpc_code: goCodeName(code), ...labels }, value }] : []
  })
}

function countedUnary(route: UnaryRoute, stats: MethodStats, onEnded: UnaryListener | undefined): UnaryRoute {
  const ended = (call: ServerCall, request: Uint8Array, code: StatusCode, sinceMs: number): void => {
    const durationMs = stats.finished(code, sinceMs)
    onEnded?.(call, request, code, durationMs)
  }
  return {
    kind: 'unary',
    path: route.path,
    invoke(request, call) {
      stats.started += 1
      const sinceMs = performance.now()
      try {
        const answer = route.invoke(request, call)
        if (answer instanceof Promise) {
          answer.then(
            () => ended(call, request, StatusCode.OK, sinceMs),
            (error: unknown) => ended(call, request, codeOf(error), sinceMs),
          )
        } else {
          ended(call, request, StatusCode.OK, sinceMs)
        }
        return answer
      } catch (error) {
        ended(call, request, codeOf(error), sinceMs)
        throw error
      }
    },
  }
}

function countedStream(route: StreamRoute, stats: MethodStats): StreamRoute {
  return {
    kind: 'stream',
    path: route.path,
    open(host, stream, head) {
      stats.started += 1
      return route.open(host, stream, head)
    },
    openLocal(sink) {
      stats.started += 1
      return route.openLocal(sink)
    },
  }
}

function codeOf(error: unknown): StatusCode {
  return RpcError.is(error) ? error.code : StatusCode.INTERNAL
}
