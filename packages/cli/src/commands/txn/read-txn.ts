import { createInterface } from 'node:readline'
import type { Condition, Operation } from '@waypost/client'
import { UsageError } from '../../command-line/exit-codes.ts'
import { parseCondition } from './parse-condition.ts'
import { parseStep, type StepResult } from './parse-step.ts'

export interface WrittenTxn {
  readonly conditions: readonly Condition[]
  readonly whenTrue: readonly Operation<StepResult>[]
  readonly whenFalse: readonly Operation<StepResult>[]
}

/**
 * Reads a transaction from standard input: comparisons, what to do when all hold, and what to do otherwise; each part
 * ends with an empty line. A part that the input breaks off in is not taken for complete.
 */
export async function readTxn(prompt: (text: string) => void): Promise<WrittenTxn> {
  const input = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
  const lines = input[Symbol.asyncIterator]()
  try {
    return {
      conditions: await part('compares', parseCondition),
      whenTrue: await part('success requests (get, put, del)', parseStep),
      whenFalse: await part('failure requests (get, put, del)', parseStep),
    }
  } finally {
    input.close()
  }

  async function part<T>(name: string, parse: (line: string) => T): Promise<T[]> {
    prompt(`${name}:\n`)
    const parts: T[] = []
    for (;;) {
      const { done, value } = await lines.next()
      if (done) throw new UsageError(`The input ended within the ${name}: an empty line ends each part.`)
      const line = value.trim()
      if (line === '') return parts
      parts.push(parse(line))
    }
  }
}
