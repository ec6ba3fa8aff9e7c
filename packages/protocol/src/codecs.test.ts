import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MessageCodec } from '@waypost/rpc'
import fc from 'fast-check'
import Long from 'long'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import * as generated from './generated/index.ts'
import { KeyValue, PutRequest, TxnRequest } from './generated/index.ts'

// Without it the oracle reads 64-bit integers as inexact numbers.
protobuf.util.Long = Long
protobuf.configure()

const protoDirectory = join(dirname(fileURLToPath(import.meta.url)), '..', 'proto')
const files = ['kv.proto', 'auth.proto', 'rpc.proto', 'lock.proto', 'election.proto', 'health.proto']
const oracle = load(protoDirectory, files)

function load(directory: string, names: string[]): protobuf.Root {
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => join(directory, basename(target))
  root.loadSync(names, { keepCase: true })
  root.resolveAll()
  return root
}

function messageTypes(namespace: protobuf.NamespaceBase): protobuf.Type[] {
  return namespace.nestedArray.flatMap((nested) => [
    ...(nested instanceof protobuf.Type ? [nested] : []),
    ...(nested instanceof protobuf.Namespace ? messageTypes(nested) : []),
  ])
}

type Plain = Record<string, unknown>
interface AnyCodec extends MessageCodec<Plain> {
  create(init?: Plain): Plain
}

function codecOf(type: protobuf.Type): AnyCodec {
  const name = type.parent instanceof protobuf.Type ? `${type.parent.name}_${type.name}` : type.name
  const codec: unknown = Reflect.get(generated, name)
  if (typeof codec !== 'object' || codec === null || !('decode' in codec))
    throw new Error(`No codec is exported for ${name}`)
  return codec as AnyCodec
}

/** Our field names in the order of the oracle's. */
function namesOf(type: protobuf.Type): [ours: string, field: protobuf.Field][] {
  const ours = Object.keys(codecOf(type).create())
  const fields = [...type.fieldsArray].sort((a, b) => a.id - b.id)
  expect(ours).toHaveLength(fields.length)
  return fields.map((field, index) => [ours[index] ?? '', field])
}

const scalars: Record<string, fc.Arbitrary<unknown>> = {
  bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  string: fc.string({ unit: 'grapheme', maxLength: 40 }),
  bool: fc.boolean(),
  int32: fc.integer(),
  uint32: fc.nat({ max: 0xffffffff }),
  int64: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 300n })),
  uint64: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 300n })),
}

function arbitrary(type: protobuf.Type, depth: number): fc.Arbitrary<Plain> {
  const shape: Record<string, fc.Arbitrary<unknown>> = {}
  for (const [name, field] of namesOf(type)) {
    const nested = field.resolvedType
    const one =
      nested instanceof protobuf.Type
        ? depth > 2
          ? fc.constant(undefined)
          : arbitrary(nested, depth + 1)
        : nested
          ? fc.constantFrom(...Object.values(nested.values))
          : scalars[field.type]
    if (!one) throw new Error(`No generator for ${field.type}`)
    if (field.repeated) shape[name] = depth > 2 ? fc.constant([]) : fc.array(one, { maxLength: 3 })
    else shape[name] = nested instanceof protobuf.Type || field.partOf ? fc.option(one, { nil: undefined }) : one
  }
  return fc.record(shape, { noNullPrototype: true }).map((message) => {
    for (const oneof of type.oneofsArray) {
      const members = namesOf(type).filter(
        ([, field]) => field.partOf === oneof && message[nameIn(type, field)] !== undefined,
      )
      for (const [name] of members.slice(1)) message[name] = undefined
    }
    return message
  })
}

function nameIn(type: protobuf.Type, field: protobuf.Field): string {
  return namesOf(type).find(([, other]) => other === field)?.[0] ?? ''
}

/** Our message as the oracle's plain object, in its own decoded and re-encoded form. */
function throughOracle(type: protobuf.Type, bytes: Uint8Array): Uint8Array {
  return type.encode(type.decode(bytes)).finish()
}

describe('generated codecs', () => {
  const types = messageTypes(oracle)

  it('cover every message of the .proto files', () => {
    expect(types.length).toBeGreaterThan(90)
    for (const type of types) codecOf(type)
  })

  it.each(types.map((type) => [type.fullName, type] as const))('%s agrees with protobufjs', (_name, type) => {
    const codec = codecOf(type)
    fc.assert(
      fc.property(arbitrary(type, 0), (message) => {
        const bytes = codec.encode(message)
        expect(codec.decode(bytes)).toStrictEqual(codec.create(message))
        // Decoding and encoding with the oracle keeps what we wrote, and we read back what it wrote.
        expect(codec.decode(throughOracle(type, bytes))).toStrictEqual(codec.create(message))
      }),
      { numRuns: 30 },
    )
  })

  it('leave headroom for a frame header', () => {
    const put = PutRequest.create({ key: Buffer.from('k'), value: Buffer.from('v') })
    expect(Buffer.from(PutRequest.encode(put, 5).subarray(5))).toEqual(Buffer.from(PutRequest.encode(put)))
  })

  it('skip fields that they do not know', () => {
    const unknown = Buffer.from([
      0x98, 0x06, 0x01, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xa5, 0x06, 1, 2, 3, 4, 0xa2, 0x06, 2, 9, 9,
    ])
    const bytes = Buffer.concat([
      unknown,
      KeyValue.encode(KeyValue.create({ key: Buffer.from('k'), version: 3n })),
      unknown,
    ])
    expect(KeyValue.decode(bytes)).toMatchObject({ version: 3n })
  })

  it('refuse what is cut off, misencoded or nested without end', () => {
    const bytes = KeyValue.encode(KeyValue.create({ key: Buffer.from('key'), value: Buffer.from('value') }))
    expect(() => KeyValue.decode(bytes.subarray(0, bytes.length - 1))).toThrow(/ends in the middle/)
    expect(() => KeyValue.decode(Buffer.from([0x0b]))).toThrow(/wire type 3/)
    expect(() => KeyValue.decode(Buffer.from([0x10, ...Array(10).fill(0xff), 1]))).toThrow(/longer than ten bytes/)
    expect(() => KeyValue.decode(Buffer.from([0x00]))).toThrow(/number 0/)
    let nested: Uint8Array = Buffer.alloc(0)
    for (let depth = 0; depth < 400; depth++) {
      const op = Buffer.concat([Buffer.from([0x22]), varint(nested.length), nested])
      nested = Buffer.concat([Buffer.from([0x12]), varint(op.length), op])
    }
    expect(() => TxnRequest.decode(nested)).toThrow(/nested deeper/)
  })

  it('never fail otherwise than with MalformedMessageError on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          TxnRequest.decode(bytes)
        } catch (error) {
          expect(error).toHaveProperty('name', 'MalformedMessageError')
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('.proto files', () => {
  it('have the field numbers and types that npm etcd3 uses', () => {
    const directory = join(dirname(createRequire(import.meta.url).resolve('etcd3/package.json')), 'proto')
    expect(readFileSync(join(directory, 'rpc.proto'), 'utf8')).toContain('service KV')
    const foreign = load(directory, ['rpc.proto'])
    let compared = 0
    for (const theirs of messageTypes(foreign)) {
      if (theirs.fullName.startsWith('.google') || theirs.fullName.startsWith('.gogo')) continue
      // Between members only.
      if (theirs.name.startsWith('LeaseCheckpoint')) continue
      const ours = oracle.lookupType(theirs.fullName.replace(/^\.+/, '').replace(/^.*\.(?=[^.]*pb\.)/, ''))
      for (const field of theirs.fieldsArray) {
        const same = ours.fieldsById[field.id]
        expect(same, `${theirs.fullName}.${field.name} = ${field.id}`).toBeDefined()
        expect([same?.name, same?.type.split('.').pop(), same?.repeated]).toEqual([
          field.name,
          field.type.split('.').pop(),
          field.repeated,
        ])
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(150)
  })
})

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}
