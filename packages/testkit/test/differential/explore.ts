import { inspect } from 'node:util'
import fc from 'fast-check'
import type { Step } from './step.ts'
import { stepSequences } from './step-arbitrary.ts'

const shrinkingMs = 30_000

export interface Exploration {
  readonly withRestarts: boolean
  readonly budgetMs: number
  /** Runs the steps on fresh stores; rejects when these differ. */
  readonly duel: (steps: readonly Step[]) => Promise<void>
}

/**
 * Tries generated sequences until the time is up. A failure names the seed: with it in `WAYPOST_SEED` the same
 * sequences are tried in the same order.
 */
export async function explore({ withRestarts, budgetMs, duel }: Exploration): Promise<void> {
  const asked = process.env.WAYPOST_SEED
  // When the time is up, fast-check does not wait for the sequence that runs.
  let running = Promise.resolve()
  const property = fc.asyncProperty(stepSequences({ withRestarts }), (steps) => {
    running = duel(steps)
    return running
  })
  const within = { numRuns: 1_000_000, markInterruptAsFailure: false }
  const first = await fc.check(property, {
    ...within,
    ...(asked ? { seed: Number(asked) } : {}),
    interruptAfterTimeLimit: budgetMs,
    endOnFailure: true,
  })
  if (first.interrupted || !first.failed) {
    await running.catch((error: unknown) => {
      throw new Error(`The last sequence differs (WAYPOST_SEED=${first.seed}):\n${messageOf(error)}`, { cause: error })
    })
    return
  }
  const { seed, counterexamplePath } = first
  const shrunk = await fc.check(property, {
    ...within,
    seed,
    path: counterexamplePath ?? '',
    interruptAfterTimeLimit: shrinkingMs,
  })
  await running.catch(() => {})
  // What fails only after other sequences on the same stores passes when it is tried alone.
  const last = shrunk.failed ? shrunk : first
  const steps = last.counterexample?.[0] ?? []
  const shown =
    steps.length <= 12 ? `\nAll steps: ${inspect(steps, { depth: 20, breakLength: 160, maxStringLength: 40 })}` : ''
  throw new Error(
    `Sequence ${first.numRuns} differs (WAYPOST_SEED=${seed}). After shrinking ${last.numShrinks} times, ` +
      `of ${steps.length} steps:\n${messageOf(last.errorInstance)}${shown}`,
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
