import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { defaultHost } from './default-host.ts'

function ipv4(address: string, internal = false): NetworkInterfaceInfo {
  return { family: 'IPv4', address, internal, netmask: '255.255.255.0', mac: '00:00:00:00:00:00', cidr: null }
}

function ipv6(address: string): NetworkInterfaceInfo {
  return { ...ipv4(address), family: 'IPv6', scopeid: 0 }
}

describe('defaultHost', () => {
  it('is the first IPv4 address that others can reach', () => {
    expect(defaultHost({ lo: [ipv4('127.0.0.1', true)], eth0: [ipv6('fd00::1'), ipv4('10.0.0.5')] })).toBe('10.0.0.5')
  })

  it('prefers a network card to a container bridge', () => {
    expect(defaultHost({ docker0: [ipv4('172.17.0.1')], eth0: [ipv4('10.0.0.5')] })).toBe('10.0.0.5')
    expect(defaultHost({ docker0: [ipv4('172.17.0.1')] })).toBe('172.17.0.1')
  })

  it('is 127.0.0.1 when there is no other', () => {
    expect(defaultHost({ lo: [ipv4('127.0.0.1', true)], eth0: [ipv4('169.254.3.4')] })).toBe('127.0.0.1')
  })
})
