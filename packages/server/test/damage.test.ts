import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { atOnce, WaypostError } from '@waypost/core'
import { AuthUserAddRequest } from '@waypost/protocol'
import { expect, it } from 'vitest'
import { seededRandom } from '../../testkit/test/crash/seeded-random.ts'
import { Engine } from '../src/apply/engine.ts'
import {
  compactRequest,
  deleteRequest,
  grantRequest,
  op,
  putRequest,
  rangeRequest,
  txnRequest,
} from '../src/apply/requests.test-support.ts'
import { EngineError } from '../src/engine-error.ts'
import { directoryBackend } from '../src/storage/open-backend.ts'
import type { OpenBackend } from '../src/storage/storage-backend.ts'
import { temporaryDirectory } from '../src/temporary-directory.test-support.ts'
import { damage } from './damage.test-support.ts'

const isLong = process.env.WAYPOST_LONG === '1'
const rounds = isLong ? 500 : 48
const seed = Number(process.env.WAYPOST_SEED ?? 20_261)

/** What a request that needs a damaged record is answered with. */
const refused = 'data-loss'

/** Everything that a user can see of a store. */
interface Content {
  readonly facts: string
  readonly values: ReadonlyMap<string, string>
  /** What each revision changed. */
  readonly history: ReadonlyMap<number, string>
}

/** A data directory as a crash left it, and what was acknowledged before. */
interface Image {
  readonly path: string
  /** The same some time before. */
  readonly earlier: string
  readonly content: Content
}

it('a damaged data directory is refused, repaired, or answers data-loss, and shows nothing that is not so', async () => {
  const images: Image[] = []
  for (const [name, work] of Object.entries(works)) images.push(await imageOf(name, work))
  const outcomes = { refused: 0, partly: 0, whole: 0 }
  for (let round = 0; round < rounds; round++) {
    const image = images[round % images.length] as Image
    const foreign = images[(round + 1) % images.length] as Image
    const path = join(temporaryDirectory(), 'data')
    cpSync(image.path, path, { recursive: true })
    const how = damage(path, seededRandom(seed + round), { foreign: foreign.path, earlier: image.earlier })
    const where = `round ${round}, WAYPOST_SEED=${seed}: ${how}`
    // Every other one as large stores are loaded.
    const backend = directoryBackend(path, { verifyInThreadFromBytes: round % 2 === 0 ? 0 : Number.POSITIVE_INFINITY })
    const outcome = await outcomeOf(backend, image.content, where)
    if (process.env.WAYPOST_DAMAGE_LOG) console.log(Math.round(performance.now()), outcome, where)
    outcomes[outcome] += 1
    rmSync(path, { recursive: true, force: true })
  }
  // So that it is known that there was damage, and that not everything was refused.
  expect(outcomes.refused).toBeGreaterThan(rounds / 4)
  expect(outcomes.whole).toBeGreaterThan(rounds / 10)
  if (isLong) expect(outcomes.partly).toBeGreaterThan(0)
}, 600_000)

async function outcomeOf(
  backend: OpenBackend,
  expected: Content,
  where: string,
): Promise<'refused' | 'partly' | 'whole'> {
  let engine: Engine
  try {
    engine = await Engine.open({ backend })
  } catch (error) {
    expect(WaypostError.is(error) && error.code, where).toMatch(/^data-(loss|dir-foreign|dir-newer|dir-unusable)$/)
    return 'refused'
  }
  try {
    const found = contentOf(engine, expected)
    expect(found.facts, where).toEqual(expected.facts)
    let isWhole = true
    const compare = <K>(read: ReadonlyMap<K, string>, wanted: ReadonlyMap<K, string>): void => {
      for (const [name, value] of wanted)
        if (read.get(name) === refused) isWhole = false
        else if (read.get(name) !== value) expect.fail(`${where}: ${name} is ${read.get(name)} instead of ${value}`)
    }
    compare(found.values, expected.values)
    compare(found.history, expected.history)
    // It goes on: what is written now is there after a restart.
    await engine.propose('put', putRequest('after', 'written'))
    await engine.close()
    engine = await Engine.open({ backend })
    expect(engine.range(rangeRequest('after')).count, where).toBe(1)
    return isWhole ? 'whole' : 'partly'
  } finally {
    await engine.close()
  }
}

/** @param expected names what is looked for. Default: whatever is there. */
function contentOf(engine: Engine, expected?: Content): Content {
  const every = engine.range(rangeRequest('\0', '\0', { countOnly: true }))
  const keys = expected ? [...expected.values.keys()] : keysOf(engine)
  const values = new Map(keys.map((key) => [key, attempt(() => hex(engine.range(rangeRequest(key)).kvs))]))
  const history = new Map<number, string>()
  for (let revision = Math.max(2, engine.compactRevision); revision <= engine.revision; revision++)
    history.set(
      revision,
      attempt(() =>
        atOnce(engine.history({ from: revision, to: revision, maxRevisions: 1 }))
          .batches.flatMap(({ events }) => events.map(({ type, key, kv }) => `${type} ${key} ${hex([kv])}`))
          .join(),
      ),
    )
  const leases = atOnce(engine.leases.list()).map((id) => `${id} ${engine.leases.keysOf(id).toSorted().join()}`)
  const facts = [
    `revision ${engine.revision}, compacted ${engine.compactRevision}, ${every.count} keys`,
    `cluster ${engine.clusterId}, member ${engine.memberId}`,
    `leases ${leases.toSorted().join('; ')}`,
    `users ${engine.auth.userNames.join()}`,
  ]
  return { facts: facts.join('\n'), values, history }
}

function attempt(read: () => string): string {
  try {
    return read()
  } catch (error) {
    if (error instanceof EngineError && error.reason === 'corrupt') return refused
    throw error
  }
}

const hex = (bytes: readonly Uint8Array[]): string => bytes.map((each) => Buffer.from(each).toString('hex')).join()

function keysOf(engine: Engine): string[] {
  const keys = new Set<string>()
  const all = { from: Math.max(2, engine.compactRevision), to: engine.revision, maxRevisions: 1_000_000 }
  for (const { events } of atOnce(engine.history(all)).batches) for (const { key } of events) keys.add(key)
  return [...keys]
}

/** Two halves of the work of a store. */
type Work = (engine: Engine, half: 0 | 1, random: () => number) => Promise<unknown>

const works: Readonly<Record<string, Work>> = {
  'a few keys of every kind': async (engine, half, random) => {
    if (half === 0) {
      await engine.propose('leaseGrant', grantRequest(7n, 1_000n))
      await engine.propose('leaseGrant', grantRequest(8n, 2_000n))
      await addUser(engine, 'alice')
    } else await addUser(engine, 'bob')
    for (let n = 0; n < 60; n++) {
      const key = `key ${Math.floor(random() * 30)}`
      const kind = random()
      if (kind < 0.2) await engine.propose('deleteRange', deleteRequest(key))
      else if (kind < 0.4)
        await engine.propose('txn', txnRequest({ success: [op.put(key, 'in a txn'), op.put(`${key}b`, 'and more')] }))
      else await engine.propose('put', putRequest(key, 'x'.repeat(random() * 300), { lease: random() < 0.2 ? 7n : 0n }))
    }
  },
  'many keys on many pages': async (engine, half) => {
    const puts = Array.from({ length: 1_000 }, (_, n) => putRequest(`key ${half} ${n}`, `${n} `.repeat(20)))
    for (let start = 0; start < puts.length; start += 500)
      await Promise.all(puts.slice(start, start + 500).map((put) => engine.propose('put', put)))
    if (half === 1) await engine.propose('compact', compactRequest(500, true))
  },
  'large values, and a log that does not go back to the first command': async (engine, half, random) => {
    for (let n = 0; n < 80; n++)
      await engine.propose('put', putRequest(`key ${n % 50}`, String(half).repeat(150_000 * random())))
    if (half === 1) for (let n = 0; n < 40; n++) await engine.propose('put', putRequest(`key ${n}`, `small ${n}`))
  },
}

async function addUser(engine: Engine, name: string): Promise<void> {
  const request = AuthUserAddRequest.create({ name, hashedPassword: Buffer.from('a hash').toString('base64') })
  await engine.propose('auth', { kind: 'userAdd', request })
}

async function imageOf(name: string, work: Work): Promise<Image> {
  const random = seededRandom(seed)
  const folder = temporaryDirectory()
  const path = join(folder, 'data')
  const engine = await Engine.open({ backend: directoryBackend(path) })
  await work(engine, 0, random)
  const earlier = join(folder, 'earlier')
  cpSync(path, earlier, { recursive: true })
  await work(engine, 1, random)
  const crashed = join(folder, name.replaceAll(' ', '-'))
  // From one moment to the next: nothing of this process runs while it is copied.
  cpSync(path, crashed, { recursive: true })
  const content = contentOf(engine)
  await engine.close()
  return { path: crashed, earlier, content }
}
