import { UsageError } from './exit-codes.ts'

/** Everything on standard input. */
export async function readStdin(): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export const noValue = "There is no value, on the command line or on standard input. An empty one is written as ''."

/**
 * Everything on standard input. Nothing there is far more often a script that has no standard input than an empty
 * value: then it fails as a wrong usage.
 */
export async function readSomeStdin(whenNothing: string): Promise<Buffer> {
  const bytes = await readStdin()
  if (bytes.length === 0) throw new UsageError(whenNothing)
  return bytes
}
