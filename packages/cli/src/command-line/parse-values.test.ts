import { expect, test } from 'vitest'
import { formatAddress, isLoopback, parseAddress } from './address.ts'
import {
  parseDurationMs,
  parseInt64,
  parseLeaseId,
  parseLimit,
  parseNumber,
  parsePercent,
  parsePort,
} from './parse-values.ts'

test('revisions are whole numbers of 64 bits', () => {
  expect(parseInt64('9223372036854775807')).toBe(9223372036854775807n)
  expect(parseInt64('-1')).toBe(-1n)
  for (const bad of ['', 'abc', '1.5', '0x10', '9223372036854775808']) expect(() => parseInt64(bad)).toThrow()
})

test('lease ids are hexadecimal', () => {
  expect(parseLeaseId('694da1f90fe0fe4d')).toBe(7587899038274485837n)
  expect(parseLeaseId('-5')).toBe(-5n)
  for (const bad of ['', 'zz', '0x1', 'ffffffffffffffff']) expect(() => parseLeaseId(bad)).toThrow()
})

test('lengths of time', () => {
  expect(parseDurationMs('500ms')).toBe(500)
  expect(parseDurationMs('1m30s')).toBe(90_000)
  expect(parseDurationMs('2')).toBe(2000)
  expect(parseDurationMs('1.5s')).toBe(1500)
  for (const bad of ['', '0', '0s', 's', '5 s', '-1s', '5x']) expect(() => parseDurationMs(bad)).toThrow()
})

test('ports and limits', () => {
  expect(parsePort('0')).toBe(0)
  expect(parseLimit('0')).toBe(0)
  for (const bad of ['', '-1', '65536', '1e3', ' 1']) expect(() => parsePort(bad)).toThrow()
  for (const bad of ['', '-1', '1.5']) expect(() => parseLimit(bad)).toThrow()
})

test('shares of a hundred', () => {
  expect(['0', '0.5', '100'].map(parsePercent)).toEqual([0, 0.5, 100])
  expect(parseNumber('-1.5')).toBe(-1.5)
  for (const bad of ['', 'abc', '-1', '100.1', '1e1', 'NaN']) expect(() => parsePercent(bad)).toThrow()
})

test('addresses', () => {
  expect(parseAddress('127.0.0.1:8080')).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(parseAddress('[::1]:80')).toEqual({ host: '::1', port: 80 })
  expect(formatAddress({ host: '::1', port: 80 })).toBe('[::1]:80')
  for (const bad of ['', '8080', 'host', 'host:', ':80', 'host:0', 'host:65536', '::1:80']) {
    expect(() => parseAddress(bad)).toThrow(/is not an address/)
  }
  expect(['localhost', '127.0.0.1', '127.1.2.3', '::1'].every(isLoopback)).toBe(true)
  expect(['0.0.0.0', '::', '10.0.0.1', '127.evil.example'].some(isLoopback)).toBe(false)
})
