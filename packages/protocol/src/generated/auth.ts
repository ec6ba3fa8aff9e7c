// Generated from proto/auth.proto by `npm run generate`. Do not edit.

import type { MessageCodec } from '@waypost/rpc'
import { noBytes, Reader } from '../wire/reader.ts'
import { sizeOfDelimited, sizeOfInt32, sizeOfString, Writer } from '../wire/writer.ts'

export const Permission_Type = {
  READ: 0,
  WRITE: 1,
  READWRITE: 2,
} as const
export type Permission_Type = (typeof Permission_Type)[keyof typeof Permission_Type]

export interface UserAddOptions {
  noPassword: boolean
}

export function sizeUserAddOptions(m: UserAddOptions): number {
  let size = 0
  if (m.noPassword) size += 1 + 1
  return size
}

export function writeUserAddOptions(m: UserAddOptions, w: Writer): void {
  if (m.noPassword) {
    w.uint32(8)
    w.bool(m.noPassword)
  }
}

export function decodeUserAddOptions(r: Reader): UserAddOptions {
  const m: UserAddOptions = { noPassword: false }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.noPassword = r.bool()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const UserAddOptions: MessageCodec<UserAddOptions> & { create(init?: Partial<UserAddOptions>): UserAddOptions } = {
  create: (init) => ({ noPassword: false, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeUserAddOptions(message), headroomBytes)
    writeUserAddOptions(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeUserAddOptions(new Reader(bytes)),
}

export interface User {
  name: Uint8Array
  password: Uint8Array
  roles: string[]
  options: UserAddOptions | undefined
}

export function sizeUser(m: User): number {
  let size = 0
  if (m.name.length > 0) size += 1 + sizeOfDelimited(m.name.length)
  if (m.password.length > 0) size += 1 + sizeOfDelimited(m.password.length)
  for (const v of m.roles) size += 1 + sizeOfString(v)
  if (m.options !== undefined) size += 1 + sizeOfDelimited(sizeUserAddOptions(m.options))
  return size
}

export function writeUser(m: User, w: Writer): void {
  if (m.name.length > 0) {
    w.uint32(10)
    w.bytes(m.name)
  }
  if (m.password.length > 0) {
    w.uint32(18)
    w.bytes(m.password)
  }
  for (const v of m.roles) {
    w.uint32(26)
    w.string(v)
  }
  if (m.options !== undefined) {
    w.uint32(34)
    w.uint32(sizeUserAddOptions(m.options))
    writeUserAddOptions(m.options, w)
  }
}

export function decodeUser(r: Reader): User {
  const m: User = { name: noBytes, password: noBytes, roles: [], options: undefined }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.bytes()
        break
      case 18:
        m.password = r.bytes()
        break
      case 26:
        m.roles.push(r.string())
        break
      case 34:
        m.options = r.nested(decodeUserAddOptions)
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const User: MessageCodec<User> & { create(init?: Partial<User>): User } = {
  create: (init) => ({ name: noBytes, password: noBytes, roles: [], options: undefined, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeUser(message), headroomBytes)
    writeUser(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeUser(new Reader(bytes)),
}

export interface Permission {
  /** One of `Permission_Type`; proto3 enums are open, so any other number may arrive. */
  permType: number
  key: Uint8Array
  rangeEnd: Uint8Array
}

export function sizePermission(m: Permission): number {
  let size = 0
  if (m.permType !== 0) size += 1 + sizeOfInt32(m.permType)
  if (m.key.length > 0) size += 1 + sizeOfDelimited(m.key.length)
  if (m.rangeEnd.length > 0) size += 1 + sizeOfDelimited(m.rangeEnd.length)
  return size
}

export function writePermission(m: Permission, w: Writer): void {
  if (m.permType !== 0) {
    w.uint32(8)
    w.int32(m.permType)
  }
  if (m.key.length > 0) {
    w.uint32(18)
    w.bytes(m.key)
  }
  if (m.rangeEnd.length > 0) {
    w.uint32(26)
    w.bytes(m.rangeEnd)
  }
}

export function decodePermission(r: Reader): Permission {
  const m: Permission = { permType: 0, key: noBytes, rangeEnd: noBytes }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 8:
        m.permType = r.int32()
        break
      case 18:
        m.key = r.bytes()
        break
      case 26:
        m.rangeEnd = r.bytes()
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Permission: MessageCodec<Permission> & { create(init?: Partial<Permission>): Permission } = {
  create: (init) => ({ permType: 0, key: noBytes, rangeEnd: noBytes, ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizePermission(message), headroomBytes)
    writePermission(message, w)
    return w.buffer
  },
  decode: (bytes) => decodePermission(new Reader(bytes)),
}

export interface Role {
  name: Uint8Array
  keyPermission: Permission[]
}

export function sizeRole(m: Role): number {
  let size = 0
  if (m.name.length > 0) size += 1 + sizeOfDelimited(m.name.length)
  for (const v of m.keyPermission) size += 1 + sizeOfDelimited(sizePermission(v))
  return size
}

export function writeRole(m: Role, w: Writer): void {
  if (m.name.length > 0) {
    w.uint32(10)
    w.bytes(m.name)
  }
  for (const v of m.keyPermission) {
    w.uint32(18)
    w.uint32(sizePermission(v))
    writePermission(v, w)
  }
}

export function decodeRole(r: Reader): Role {
  const m: Role = { name: noBytes, keyPermission: [] }
  while (!r.done) {
    const tag = r.tag()
    switch (tag) {
      case 10:
        m.name = r.bytes()
        break
      case 18:
        m.keyPermission.push(r.nested(decodePermission))
        break
      default:
        r.skip(tag)
    }
  }
  return m
}

export const Role: MessageCodec<Role> & { create(init?: Partial<Role>): Role } = {
  create: (init) => ({ name: noBytes, keyPermission: [], ...init }),
  encode(message, headroomBytes = 0) {
    const w = new Writer(sizeRole(message), headroomBytes)
    writeRole(message, w)
    return w.buffer
  },
  decode: (bytes) => decodeRole(new Reader(bytes)),
}
