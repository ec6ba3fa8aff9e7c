import { randomUUID } from 'node:crypto'
import type { EtcdClient } from '@waypost/client'
import { type CallOptions, type Clock, Deadline, delay, WaypostError } from '@waypost/core'
import { problemsError } from '../../problem.ts'
import { type PathState, readPathStates } from '../history/path-state.ts'
import { pruneAfterRelease, type Retention } from '../history/prune.ts'
import { checkApproval } from '../policies/policies.ts'
import type { DocumentChecks } from '../schemas/document-checks.ts'
import { documentProblems } from './check-changes.ts'
import { recordExternal } from './external-release.ts'
import { throwIfBreaking } from './live-break.ts'
import type { LiveConsumers } from './live-consumers.ts'
import { type Hypothesis, liveImpact } from './live-impact.ts'
import type { PlannedChange } from './planned-change.ts'
import { type PublishPreview, previewDocument } from './preview.ts'
import type { PublishAllOptions, PublishedBundle, PublishedRelease } from './publish-options.ts'
import { conflictError } from './release-conflict.ts'
import { type Companions, commitReleases, makesRelease, type ReleaseStep } from './release-write.ts'

export interface PublisherParts {
  readonly etcd: EtcdClient
  readonly clock: Clock
  readonly retention: Retention
  readonly consumers: LiveConsumers
  /** The checks that schemas ask for by name. */
  readonly checks: DocumentChecks
  /** What was started here and goes on until it is closed. It takes itself out. */
  readonly followers: Set<{ close(): Promise<void> }>
}

export interface ReleaseOptions extends PublishAllOptions {
  /** What goes with the releases, in their transaction. Asked again when somebody else was faster. */
  readonly companions?: ((deadline: Deadline) => Promise<Companions>) | undefined
  /** The canaries as they will be, by path, where they change too. */
  readonly canaries?: Hypothesis['canaries']
  /** The approval that a policy asks for has been given. */
  readonly approved?: boolean | undefined
}

/** How often somebody else may be faster before the call gives up with `conflict`. */
const maxRaces = 100

/** Makes releases: every way to change a document ends here. */
export class Publisher {
  readonly parts: PublisherParts

  constructor(parts: PublisherParts) {
    this.parts = parts
  }

  /** Makes all the changes in one transaction, or none. */
  async release(changes: readonly PlannedChange[], options: ReleaseOptions): Promise<PublishedBundle> {
    const { etcd, clock, retention } = this.parts
    const deadline = new Deadline({ ...options, clock })
    const bundle = randomUUID()
    for (let race = 0; race < maxRaces; race++) {
      const [reason, steps] = await Promise.all([
        checkApproval(etcd, changes, options, deadline),
        this.#steps(changes, deadline, race > 0),
      ])
      const outdated = steps.filter(isOutdated)
      if (outdated.length > 0) throw await conflictError(etcd, outdated, deadline)
      await this.check(steps, options, deadline)
      const companions = (await options.companions?.(deadline)) ?? { action: changes[0]?.kind ?? 'publish' }
      if (!steps.some(makesRelease) && companions.writes === undefined) return unchangedBundle(bundle, steps)
      const { author, address, comment } = options
      const meta = { author, address, comment, reason, bundle, ...companions }
      const revision = await commitReleases(etcd, clock, steps, meta, deadline)
      if (revision !== undefined) {
        const releases = steps.map((step) => published(step, revision))
        await pruneAfterRelease(
          etcd,
          clock,
          releases.filter(({ unchanged }) => !unchanged),
          retention,
          deadline,
        )
        return { bundle, revision, releases }
      }
      // Whoever was faster is not followed in step by all who were not.
      await delay(Math.random() * Math.min(race, 10) * 5, { signal: deadline.signal, clock })
    }
    throw new WaypostError(
      'conflict',
      `Others changed ${pathsOf(changes)} ${maxRaces} times in the meantime. Try again.`,
    )
  }

  async releaseOne(change: PlannedChange, options: ReleaseOptions): Promise<PublishedRelease> {
    const [released] = (await this.release([change], options)).releases
    if (released === undefined) throw new WaypostError('internal', 'A publish of one document gave no release.')
    return released
  }

  /** What `release` would do. Writes nothing. */
  async preview(changes: readonly PlannedChange[], options: ReleaseOptions): Promise<PublishPreview> {
    const { etcd, clock } = this.parts
    const deadline = new Deadline({ ...options, clock })
    const steps = await this.planSteps(changes, deadline)
    const changing = steps.filter(makesRelease).map(({ change }) => change)
    const [problems, affected, needsApproval] = await Promise.all([
      documentProblems(this.parts, changing, deadline),
      liveImpact(this.parts, hypothesisOf(changing, options), deadline),
      checkApproval(etcd, changes, options, deadline).then(
        () => false,
        (error: unknown) => {
          if (WaypostError.is(error, 'failed-precondition')) return true
          throw error
        },
      ),
    ])
    const documents = await Promise.all(steps.map(previewDocument))
    return { documents, problems, affected, needsApproval }
  }

  /** The steps that `release` would make. Writes nothing. */
  async planSteps(changes: readonly PlannedChange[], deadline: Deadline): Promise<readonly ReleaseStep[]> {
    const { etcd } = this.parts
    const paths = changes.map(({ path }) => path)
    const steps = pair(changes, (await readPathStates(etcd, paths, deadline)).map(withExternal))
    const outdated = steps.filter(isOutdated)
    if (outdated.length > 0) throw await conflictError(etcd, outdated, deadline)
    return steps
  }

  /** The state of some paths, with what was done by hand recorded first. */
  async states(paths: readonly string[], deadline: Deadline, recount = false): Promise<readonly PathState[]> {
    const { etcd, clock } = this.parts
    for (let race = 0; race < maxRaces; race++) {
      const states = await readPathStates(etcd, paths, deadline, { recount: recount || race > 0 })
      const external = states.filter((state) => state.external)
      if (external.length === 0) return states
      for (const state of external) await recordExternal(etcd, clock, state, deadline)
    }
    throw new WaypostError('conflict', `Others kept changing ${paths.join(', ')} in the meantime. Try again.`)
  }

  /** Records what was done to a path by hand, if anything was. The answer is whether this call did it. */
  async recordExternal(path: string, options?: CallOptions): Promise<boolean> {
    const { etcd, clock } = this.parts
    const deadline = new Deadline({ ...options, clock })
    const [state] = await readPathStates(etcd, [path], deadline)
    return state?.external === true && recordExternal(etcd, clock, state, deadline)
  }

  /** Throws `invalid-document` for what must not be released, as far as `options.validate` asks. */
  async check(steps: readonly ReleaseStep[], options: ReleaseOptions, deadline: Deadline): Promise<void> {
    const { validate = 'live' } = options
    if (validate === 'none') return
    const changing = steps.filter(makesRelease).map(({ change }) => change)
    const [problems, affected] = await Promise.all([
      documentProblems(this.parts, changing, deadline),
      validate === 'live' ? liveImpact(this.parts, hypothesisOf(changing, options), deadline) : [],
    ])
    if (problems.length > 0) throw problemsError(problems)
    throwIfBreaking(affected)
  }

  async #steps(changes: readonly PlannedChange[], deadline: Deadline, recount: boolean): Promise<ReleaseStep[]> {
    const paths = changes.map(({ path }) => path)
    return pair(changes, await this.states(paths, deadline, recount))
  }
}

function pair(changes: readonly PlannedChange[], states: readonly PathState[]): ReleaseStep[] {
  return changes.flatMap((change, index) => {
    const state = states[index]
    return state === undefined ? [] : [{ change, state }]
  })
}

/** As it will be once what was done by hand is recorded. */
function withExternal(state: PathState): PathState {
  return state.external ? { ...state, recorded: state.recorded + 1 } : state
}

function isOutdated({ change, state }: ReleaseStep): boolean {
  const { expectedRelease, acceptIfIdentical, checksum } = change
  if (expectedRelease === undefined || expectedRelease === state.recorded) return false
  return !(acceptIfIdentical && checksum === state.checksum)
}

function hypothesisOf(changes: readonly PlannedChange[], { canaries }: ReleaseOptions): Hypothesis {
  return { documents: new Map(changes.map(({ path, bytes }) => [path, bytes])), canaries }
}

function published(step: ReleaseStep, revision: bigint): PublishedRelease {
  const { change, state } = step
  const unchanged = !makesRelease(step)
  return {
    path: change.path,
    release: unchanged ? state.recorded : state.recorded + 1,
    revision: unchanged ? (state.document?.modRevision ?? revision) : revision,
    checksum: change.checksum,
    unchanged,
  }
}

function unchangedBundle(bundle: string, steps: readonly ReleaseStep[]): PublishedBundle {
  const revision = steps[0]?.state.revision ?? 0n
  return { bundle, revision, releases: steps.map((step) => published(step, revision)) }
}

function pathsOf(changes: readonly PlannedChange[]): string {
  return changes.map(({ path }) => path).join(', ')
}
