import type { NetworkInterfaceInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { type HostSelector, selectHost } from './host-selector.ts'

function ipv4(address: string): NetworkInterfaceInfo {
  return { address, family: 'IPv4', internal: false, netmask: '255.0.0.0', mac: '00:00:00:00:00:00', cidr: null }
}

function ipv6(address: string): NetworkInterfaceInfo {
  return { ...ipv4(address), family: 'IPv6', scopeid: 0 }
}

const interfaces = {
  lo: [ipv4('127.0.0.1'), ipv6('::1')],
  eth0: [ipv6('fe80::1'), ipv6('2001:db8::5'), ipv4('10.1.2.3')],
  eth1: [ipv4('192.168.7.8'), ipv6('fd00::8')],
}

describe('selectHost', () => {
  it.each<[HostSelector, string]>([
    [{ interface: 'eth1' }, '192.168.7.8'],
    [{ interface: 'eth0', family: 'IPv6' }, '2001:db8::5'],
    [{ cidr: '192.168.0.0/16' }, '192.168.7.8'],
    [{ cidr: 'fd00::/8' }, 'fd00::8'],
    [{ cidr: 'fe80::/10' }, 'fe80::1'],
    [{ cidr: '0.0.0.0/0', interface: 'eth0' }, '10.1.2.3'],
  ])('takes for %j %s', (selector, address) => {
    expect(selectHost(selector, interfaces)).toBe(address)
  })

  it.each<[HostSelector, string]>([
    [{ interface: 'wlan0' }, 'eth0 10.1.2.3'],
    [{ cidr: '172.16.0.0/12' }, 'eth1 192.168.7.8'],
    [{ cidr: '10.0.0.0' }, '10.0.0.0/8'],
    [{ cidr: '10.0.0.0/33' }, '10.0.0.0/8'],
    [{ cidr: 'example.com/8' }, 'range of addresses'],
  ])('says for %j what is there or wrong', (selector, message) => {
    expect(() => selectHost(selector, interfaces)).toThrow(message)
  })
})
