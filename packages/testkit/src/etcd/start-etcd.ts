import { randomUUID } from 'node:crypto'
import { freePorts } from '../process/free-ports.ts'
import { makeTempDir } from '../process/temp-dir.ts'
import { type EtcdPlace, EtcdProcess, PortTakenError } from './etcd-process.ts'
import { findEtcd } from './find-etcd.ts'

export interface StartEtcdOptions {
  /** The program. Default: the one that `findEtcd` finds. */
  readonly binary?: string | undefined
  /** Further flags for every member. */
  readonly args?: readonly string[] | undefined
  /** Keeps the data on the real disk, not in memory. */
  readonly onDisk?: boolean | undefined
  /** Where in the network each member runs. Default 127.0.0.1. */
  readonly places?: readonly EtcdPlace[] | undefined
}

/** Starts one real etcd on free ports of 127.0.0.1 and waits until it answers. */
export async function startEtcd(options: StartEtcdOptions = {}): Promise<EtcdProcess> {
  const { members } = await startEtcdCluster(1, options)
  const [member] = members
  if (!member) throw new Error('A cluster of one has one member.')
  return member
}

/** Members of one etcd cluster. */
export class EtcdCluster {
  readonly members: readonly EtcdProcess[]

  constructor(members: readonly EtcdProcess[]) {
    this.members = members
  }

  get endpoints(): string[] {
    return this.members.map((member) => member.url)
  }

  /** Stops all members and removes their data. */
  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.close()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** Starts a cluster of real etcd processes and waits until each member answers. */
export async function startEtcdCluster(size: number, options: StartEtcdOptions = {}): Promise<EtcdCluster> {
  const { path, reason } = options.binary === undefined ? findEtcd() : { path: options.binary }
  if (path === undefined) throw new Error(`There is no etcd to start: ${reason}.`)
  for (let attempt = 1; ; attempt++) {
    const cluster = await plan(path, size, options)
    try {
      await Promise.all(cluster.members.map((member) => member.launch()))
      await Promise.all(cluster.members.map((member) => member.healthy()))
      return cluster
    } catch (error) {
      await cluster.close()
      if (!(error instanceof PortTakenError) || attempt === 5) throw error
    }
  }
}

async function plan(binary: string, size: number, options: StartEtcdOptions): Promise<EtcdCluster> {
  const ports = await freePorts(size * 2)
  const seats = Array.from({ length: size }, (_, index) => ({
    name: `member-${index + 1}`,
    place: options.places?.[index],
    clientPort: ports[index * 2] ?? 0,
    peerPort: ports[index * 2 + 1] ?? 0,
  }))
  const initialCluster = seats
    .map((seat) => `${seat.name}=http://${seat.place?.peerHost ?? '127.0.0.1'}:${seat.peerPort}`)
    .join(',')
  const token = randomUUID()
  return new EtcdCluster(
    seats.map(
      (seat) =>
        new EtcdProcess({
          ...seat,
          binary,
          dataDir: makeTempDir('etcd', { onDisk: options.onDisk ?? false }),
          initialCluster,
          token,
          extraArgs: options.args ?? [],
        }),
    ),
  )
}
