import { inspect } from 'node:util'
import fc from 'fast-check'
import type { Step } from './step.ts'
import { stepSequences } from './step-arbitrary.ts'

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
  const details = await fc.check(fc.asyncProperty(stepSequences({ withRestarts }), duel), {
    ...(asked ? { seed: Number(asked) } : {}),
    numRuns: 1_000_000,
    interruptAfterTimeLimit: budgetMs,
    markInterruptAsFailure: false,
  })
  if (!details.failed) {
    if (details.numRuns === 0) throw new Error('The time was up before one sequence had run.')
    return
  }
  const steps = details.counterexample?.[0] ?? []
  const shown = steps.length <= 12 ? `\n${inspect(steps, { depth: 20, breakLength: 120 })}` : ''
  const cause = details.errorInstance
  throw new Error(
    `Sequence ${details.numRuns} differs (WAYPOST_SEED=${details.seed}), ${steps.length} steps after shrinking ` +
      `${details.numShrinks} times.\n${cause instanceof Error ? cause.message : String(cause)}${shown}`,
    { cause },
  )
}
