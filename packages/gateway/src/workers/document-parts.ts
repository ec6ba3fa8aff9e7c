import type { RouteSpec, RoutesDocument } from '../document/routes-document.ts'
import type { ToWorker } from './messages.ts'

/** The most routes in one message: whoever reads it serves requests, too. */
const routesAtOnce = 100

/** Sends documents to a worker in parts, each when the worker has asked for it. A newer document takes an older one's place. */
export class DocumentSender {
  readonly #tell: (message: ToWorker) => void
  #rest: RoutesDocument = {}
  #waiting: (readonly [name: string, route: RouteSpec])[] = []
  #id = 0

  constructor(tell: (message: ToWorker) => void) {
    this.#tell = tell
  }

  send({ routes = {}, ...rest }: RoutesDocument): void {
    this.#id += 1
    this.#rest = rest
    this.#waiting = Object.entries(routes)
    this.next(this.#id)
  }

  /** Sends the next part of the document with this number, unless a newer one has taken its place. */
  next(id: number): void {
    if (id !== this.#id) return
    const part = this.#waiting.slice(0, routesAtOnce)
    this.#waiting = this.#waiting.slice(routesAtOnce)
    const rest = this.#waiting.length === 0 ? this.#rest : undefined
    this.#tell({ type: 'routes', id, part, rest })
  }
}

/** Puts the parts of documents together. */
export class DocumentReceiver {
  #id = 0
  #routes: Record<string, RouteSpec> = {}

  /** The document, once its last part is there. */
  receive({ id, part, rest }: Extract<ToWorker, { type: 'routes' }>): RoutesDocument | undefined {
    if (id !== this.#id) this.#routes = {}
    this.#id = id
    for (const [name, route] of part) this.#routes[name] = route
    return rest && { ...rest, routes: this.#routes }
  }
}
