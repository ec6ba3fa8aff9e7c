import { Worker } from 'node:worker_threads'
import { afterAll, expect, it } from 'vitest'
import { type HostileDocument, hostileDocuments, randomDocument } from './hostile/documents.test-support.ts'

const isLong = Boolean(process.env.WAYPOST_LONG)

/** What costs more than in proportion to the size of such a document does not end within the limit. */
const size = isLong ? 512 * 1024 : 48 * 1024
const limitMs = isLong ? 60_000 : 15_000
/** Of the thread's heap. */
const limitMb = 1_024

interface Answer {
  /** Of the configuration, written as JSON. */
  readonly size: number
  readonly problems: number
  readonly message: string | undefined
}

let thread: Worker | undefined

afterAll(() => thread?.terminate())

/** Reads a document in the thread. A thread that does not answer in time is ended. */
async function read({ name, path, text }: HostileDocument): Promise<Answer> {
  thread ??= new Worker(new URL('hostile/reader.mjs', import.meta.url), {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: limitMb },
  })
  const running = thread
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Answer>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${name} is not read within ${limitMs} ms.`)), limitMs)
      running.once('message', resolve)
      running.once('error', (error) => reject(new Error(`${name}: ${error}`)))
      running.postMessage({ path, text })
    })
  } catch (error) {
    thread = undefined
    await running.terminate()
    throw error
  } finally {
    clearTimeout(timer)
    running.removeAllListeners('message').removeAllListeners('error')
  }
}

it('no document costs more than in proportion to its size', { timeout: 3_600_000 }, async () => {
  for (const document of hostileDocuments(size)) {
    const answer = await read(document)
    expect(answer.problems, document.name).toBeLessThanOrEqual(100)
    expect(answer.size, document.name).toBeLessThan(20 * 1024 * 1024)
  }
})

it('nor does one of random pieces', { timeout: 3_600_000 }, async () => {
  const seed = Number(process.env.WAYPOST_SEED ?? Math.floor(Math.random() * 2 ** 32))
  const random = generator(seed)
  const count = isLong ? 3_000 : 20
  for (let index = 0; index < count; index++) {
    const document = randomDocument(isLong ? 128 * 1024 : 24 * 1024, random)
    await read(document).catch((error: unknown) => {
      throw new Error(`WAYPOST_SEED=${seed}, document ${index}: ${error}`)
    })
  }
})

/** Source: mulberry32, by Tommy Ettinger, in the public domain. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
