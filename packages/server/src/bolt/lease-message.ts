import { Reader, sizeOfInt64, Writer } from '@waypost/protocol/wire'

/** `leasepb.Lease` as etcd stores it. Fields that are zero are left out. */
export interface LeaseMessage {
  readonly id: bigint
  readonly ttlSeconds: bigint
}

const idTag = 0x08
const ttlTag = 0x10

export function encodeLeaseMessage({ id, ttlSeconds }: LeaseMessage): Uint8Array {
  const writer = new Writer(2 + sizeOfInt64(id) + sizeOfInt64(ttlSeconds), 0)
  writer.uint32(idTag)
  writer.int64(id)
  writer.uint32(ttlTag)
  writer.int64(ttlSeconds)
  return writer.buffer
}

/** Throws `MalformedMessageError`. */
export function decodeLeaseMessage(bytes: Uint8Array): LeaseMessage {
  const reader = new Reader(bytes)
  let id = 0n
  let ttlSeconds = 0n
  while (!reader.done) {
    const tag = reader.tag()
    if (tag === idTag) id = reader.int64()
    else if (tag === ttlTag) ttlSeconds = reader.int64()
    else reader.skip(tag)
  }
  return { id, ttlSeconds }
}
