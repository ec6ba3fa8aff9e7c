import { inspect } from 'node:util'
import { firstDifference } from './first-difference.ts'
import type { Outcome } from './outcome.ts'
import { type Place, revisionAt } from './place.ts'
import type { Side } from './side.ts'
import type { Step, WatchStep } from './step.ts'
import type { LoggedEvent } from './watch-log.ts'

interface Watcher {
  readonly stream: number
  readonly id: bigint
  /** The name of its events in the logs of both sides. */
  readonly watcher: string
  readonly step: WatchStep
  /** The first revision that it is told of. */
  readonly from: bigint
  /** It started with events of the past. */
  readonly historic: boolean
}

/** Runs the same steps on two stores and throws at the first difference. */
export class Duel {
  readonly #model: Side
  readonly #ours: Side
  readonly #restartOurs: (() => Promise<void>) | undefined
  #place: Place
  /** Every event since the beginning, in order: what any watcher is to see is a part of it. */
  readonly #history: LoggedEvent[] = []
  /** How much of the history is from before the present streams. */
  #historyBefore = 0
  #watchers: Watcher[] = []
  /** Ids of watchers that a compaction ended: they stay taken, and a cancellation is still answered. */
  readonly #compacted = new Set<string>()

  /**
   * @param place where both stores are when it begins
   * @param restartOurs stops the store under test and starts it again on its data; without it, there are no restarts
   */
  constructor(model: Side, ours: Side, place: Place, restartOurs?: () => Promise<void>) {
    this.#place = place
    this.#model = model
    this.#ours = ours
    this.#restartOurs = restartOurs
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const [index, step] of steps.entries()) {
      try {
        await this.#step(step)
      } catch (error) {
        const shown = inspect(step, { depth: 20, breakLength: 160, maxStringLength: 40 })
        throw new Error(`At step ${index}, ${shown},\nat ${inspect(this.#place)}:\n${messageOf(error)}`, {
          cause: error,
        })
      }
    }
    await this.#settle()
    this.#same('the keys at the end', await this.#model.everything(), await this.#ours.everything())
    this.#compareControls()
  }

  async #step(step: Step): Promise<void> {
    if (step.kind === 'watch') return this.#watch(step)
    if (step.kind === 'cancel') return this.#cancel(step.stream, BigInt(step.id))
    if (step.kind === 'restart') return this.#restart()
    if (step.kind === 'compact') await this.#prepareCompaction()
    const [model, ours] = await Promise.all([this.#model.run(step, this.#place), this.#ours.run(step, this.#place)])
    this.#same('the answer', model, ours)
    await this.#follow(step, model)
  }

  async #follow(step: Step, outcome: Outcome): Promise<void> {
    if ('code' in outcome || outcome.revision === undefined) return
    if (step.kind === 'compact') {
      this.#place = { ...this.#place, compacted: revisionAt(step.revision, this.#place) }
    }
    if (outcome.revision <= this.#place.current) return
    this.#place = { ...this.#place, current: outcome.revision }
    await this.#takeEvents(outcome.revision)
  }

  /** Waits until both masters have told of the revision, and holds them to each other. */
  async #takeEvents(revision: bigint): Promise<void> {
    const told: LoggedEvent[][] = []
    for (const side of [this.#model, this.#ours]) {
      const events = (): readonly LoggedEvent[] => side.master.events(side.masterWatcher)
      await side.master.until(
        () => (events().at(-1)?.mod ?? 0n) >= revision,
        `the events of revision ${revision} from ${side.name}`,
      )
      told.push(events().slice(this.#history.length - this.#historyBefore))
    }
    const [model = [], ours = []] = told
    this.#same(`the events of revision ${revision}`, model, ours)
    this.#history.push(...model)
  }

  async #watch(asked: WatchStep): Promise<void> {
    // Whether etcd tells of a deletion at exactly the compacted revision depends on how far the compaction is.
    const start = revisionAt(asked.start, this.#place)
    const step: WatchStep =
      start > 0n && start === this.#place.compacted
        ? { ...asked, start: { from: 'zero', plus: Number(start + 1n) } }
        : asked
    const [model, ours] = await Promise.all([this.#model.watch(step, this.#place), this.#ours.watch(step, this.#place)])
    const shape = ({ answer: { watchId, canceled, cancelReason, header } }: typeof model): unknown => ({
      watchId,
      canceled,
      cancelReason,
      revision: header?.revision,
    })
    this.#same('the answer to the creation', shape(model), shape(ours))
    if (model.answer.canceled) return
    const from = revisionAt(step.start, this.#place)
    const { watchId } = model.answer
    if (from > 0n && from < this.#place.compacted) {
      for (const side of [this.#model, this.#ours]) await this.#untilCanceled(side, step.stream)
      this.#compacted.add(`${step.stream} ${watchId}`)
      return
    }
    this.#watchers.push({
      stream: step.stream,
      id: watchId,
      watcher: model.watcher,
      step,
      from: from > 0n ? from : this.#place.current + 1n,
      historic: from > 0n && from <= this.#place.current,
    })
    // The model catches up in the background; until then a compaction would end it there only.
    await this.#settle()
  }

  /**
   * A compaction ends watchers that lag, and the model lets those that started in the past lag for a while.
   * That a watcher has caught up shows in its events; one that never had any is ended before.
   */
  async #prepareCompaction(): Promise<void> {
    await this.#settle()
    for (const { stream, id, watcher, historic } of [...this.#watchers]) {
      if (historic && this.#model.log(stream).events(watcher).length === 0) await this.#cancel(stream, id)
    }
  }

  async #cancel(stream: number, id: bigint): Promise<void> {
    await this.#settle()
    const known = this.#watchers.find((watcher) => watcher.stream === stream && watcher.id === id)
    this.#watchers = this.#watchers.filter((watcher) => watcher !== known)
    const compacted = this.#compacted.delete(`${stream} ${id}`)
    for (const side of [this.#model, this.#ours]) {
      side.log(stream).cancel(id)
      if (known || compacted) await this.#untilCanceled(side, stream)
    }
  }

  /** Waits for one more control message on the stream than the last settled state had. */
  async #untilCanceled(side: Side, stream: number): Promise<void> {
    const log = side.log(stream)
    const canceled = (): number => log.controls.filter((control) => isCancel(control)).length
    const expected = (this.#cancelsSeen.get(log) ?? 0) + 1
    await log.until(() => canceled() >= expected, `a cancellation from ${side.name}`)
    this.#cancelsSeen.set(log, expected)
  }

  readonly #cancelsSeen = new WeakMap<object, number>()

  /** Waits until every watcher of both sides has been told all that it is to be told, and compares. */
  async #settle(): Promise<void> {
    for (const watcher of this.#watchers) {
      const expected = this.#expectedOf(watcher)
      const told: (readonly LoggedEvent[])[] = []
      for (const side of [this.#model, this.#ours]) {
        const log = side.log(watcher.stream)
        await log.until(
          () => log.events(watcher.watcher).length >= expected.length,
          `${expected.length} events for watcher ${watcher.watcher} of stream ${watcher.stream} from ${side.name}, but ${log.events(watcher.watcher).length}`,
        )
        told.push(log.events(watcher.watcher))
      }
      const [model = [], ours = []] = told
      this.#same(`the events of watcher ${watcher.watcher} of stream ${watcher.stream}`, model, ours)
      this.#same(`the events that watcher ${watcher.watcher} is to see`, expected.map(place), model.map(place))
    }
  }

  #expectedOf({ step, from }: Watcher): LoggedEvent[] {
    const start = step.key === '' ? '\0' : step.key
    const inRange = (key: string): boolean => {
      if (step.end === '') return key === start
      return key >= start && (step.end === '\0' || key < step.end)
    }
    const passes = (deleted: boolean): boolean => !step.filters.includes(deleted ? 1 : 0)
    return this.#history.filter((event) => event.mod >= from && inRange(event.key) && passes(event.deleted))
  }

  async #restart(): Promise<void> {
    if (!this.#restartOurs) return
    await this.#settle()
    this.#compareControls()
    await this.#restartOurs()
    this.#watchers = []
    this.#compacted.clear()
    this.#historyBefore = this.#history.length
    for (const side of [this.#model, this.#ours]) await side.reopen(this.#place.current + 1n)
    this.#same('the keys after the restart', await this.#model.everything(), await this.#ours.everything())
  }

  #compareControls(): void {
    for (let stream = 0; ; stream++) {
      try {
        this.#model.log(stream)
      } catch {
        return
      }
      this.#same(
        `what else was told on stream ${stream}`,
        this.#model.log(stream).controls,
        this.#ours.log(stream).controls,
      )
    }
  }

  #same(what: string, model: unknown, ours: unknown): void {
    const difference = firstDifference(model, ours, [this.#model.name, this.#ours.name])
    if (difference !== undefined) throw new Error(`${what} differs ${difference}`)
  }
}

function place(event: LoggedEvent): unknown {
  return [event.mod, event.key, event.deleted]
}

function isCancel(control: unknown): boolean {
  return (
    typeof control === 'object' &&
    control !== null &&
    'canceled' in control &&
    control.canceled === true &&
    'created' in control &&
    control.created === false
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
