import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/**
 * The host that others can most likely reach this process at: the first IPv4 address that is neither internal
 * nor link-local, in the system's order, with the bridges of container and virtual-machine hosts last;
 * 127.0.0.1 when there is none.
 */
export function defaultHost(interfaces: Interfaces = networkInterfaces()): string {
  const candidates = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'))
      .map(({ address }) => ({ address, bridge: /^(docker|br-|virbr|veth|cni|cali|vmnet|vboxnet)/.test(name) })),
  )
  return (candidates.find(({ bridge }) => !bridge) ?? candidates[0])?.address ?? '127.0.0.1'
}
