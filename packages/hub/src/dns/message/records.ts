import { classIn, headerBytes, recordType } from './codes.ts'

/** A pointer to a place in the packet (RFC 1035 4.1.4). */
export function pointer(offset: number): Buffer {
  return Buffer.from([0xc0 | (offset >> 8), offset & 0xff])
}

/** The owner of most records of an answer: the name of the question. */
export const questionName = pointer(headerBytes)

/** @param owner a name, or a pointer to one */
export function record(owner: Buffer, type: number, ttlSeconds: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(classIn, 2)
  fixed.writeUInt32BE(ttlSeconds, 4)
  fixed.writeUInt16BE(data.length, 8)
  return Buffer.concat([owner, fixed, data])
}

/** @param target never compressed (RFC 2782) */
export function srvData(priority: number, weight: number, port: number, target: Buffer): Buffer {
  const fixed = Buffer.alloc(6)
  fixed.writeUInt16BE(priority, 0)
  fixed.writeUInt16BE(weight, 2)
  fixed.writeUInt16BE(port, 4)
  return Buffer.concat([fixed, target])
}

/** Strings of up to 255 bytes each; what is longer is split. */
export function txtData(strings: readonly string[]): Buffer {
  const parts: Buffer[] = []
  for (const text of strings) {
    const bytes = Buffer.from(text, 'utf8')
    for (let start = 0; start === 0 || start < bytes.length; start += 255) {
      const part = bytes.subarray(start, start + 255)
      parts.push(Buffer.from([part.length]), part)
    }
  }
  return Buffer.concat(parts)
}

export interface SoaNumbers {
  readonly serial: number
  readonly refreshSeconds: number
  readonly retrySeconds: number
  readonly expireSeconds: number
  /** How long a negative answer may be kept (RFC 2308). */
  readonly minimumSeconds: number
}

export function soaData(server: Buffer, mailbox: Buffer, numbers: SoaNumbers): Buffer {
  const fixed = Buffer.alloc(20)
  fixed.writeUInt32BE(numbers.serial, 0)
  fixed.writeUInt32BE(numbers.refreshSeconds, 4)
  fixed.writeUInt32BE(numbers.retrySeconds, 8)
  fixed.writeUInt32BE(numbers.expireSeconds, 12)
  fixed.writeUInt32BE(numbers.minimumSeconds, 16)
  return Buffer.concat([server, mailbox, fixed])
}

/** RFC 8482 4.2: the answer to ANY. */
export function anyRecord(ttlSeconds: number): Buffer {
  return record(questionName, recordType.hinfo, ttlSeconds, txtData(['RFC8482', '']))
}
