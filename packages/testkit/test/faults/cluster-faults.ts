import { setTimeout as sleep } from 'node:timers/promises'
import type { Side } from '../../src/faults/cluster-network.ts'
import type { FaultyCluster } from './etcd-cluster.ts'
import type { Fault, Scene } from './fault-store.ts'
import { switchOnAuth } from './switch-on-auth.ts'

export const leaseTtlSeconds = 10

const shorterThanTtlMs = 2_500
const longerThanTtlMs = 12_000

/** Every fault that a cluster has to bear. `current()` is valid while a fault strikes. */
export function clusterFaults(current: () => FaultyCluster) {
  /** With the leader as its victim; the store can serve again once another member leads. */
  async function withoutLeader(scene: Scene, harm: (victim: number) => Promise<void>): Promise<number> {
    const victim = await current().leader()
    scene.struck()
    await harm(victim)
    while ((await current().leader()) === victim);
    scene.ableAgain()
    return victim
  }
  const follower = async (): Promise<number> => ((await current().leader()) + 1) % current().members.length
  const member = (index: number) => {
    const found = current().members[index]
    if (found === undefined) throw new Error(`There is no member ${index}.`)
    return found
  }
  const cut = async (victim: number, sides: readonly Side[]): Promise<void> => {
    for (const side of sides) await current().network.cut(victim, side)
  }
  const heal = async (victim: number, sides: readonly Side[]): Promise<void> => {
    for (const side of sides) await current().network.heal(victim, side)
  }

  return {
    leaderKilled: {
      name: 'the leader is killed and restarted',
      async strike(scene) {
        const victim = await withoutLeader(scene, (leader) => member(leader).kill())
        await sleep(500)
        await member(victim).restart()
      },
    },
    followerKilled: {
      name: 'a follower is killed and restarted',
      async strike(scene) {
        const victim = await follower()
        scene.struck()
        await member(victim).kill()
        await sleep(500)
        await member(victim).restart()
      },
    },
    leaderStoppedBriefly: {
      name: 'the leader stops for less than the TTL',
      async strike(scene) {
        const victim = await withoutLeader(scene, async (leader) => member(leader).pause())
        await sleep(shorterThanTtlMs)
        member(victim).resume()
      },
    },
    leaderStopped: {
      name: 'the leader stops for longer than the TTL',
      async strike(scene) {
        const victim = await withoutLeader(scene, async (leader) => member(leader).pause())
        await sleep(longerThanTtlMs)
        member(victim).resume()
      },
    },
    followerStopped: {
      name: 'a follower stops for longer than the TTL',
      async strike(scene) {
        const victim = await follower()
        scene.struck()
        member(victim).pause()
        await sleep(longerThanTtlMs)
        member(victim).resume()
      },
    },
    leaderWithoutPeers: {
      name: 'the leader is cut off from its peers',
      cuts: ['peers'],
      async strike(scene) {
        const victim = await withoutLeader(scene, (leader) => cut(leader, ['peers']))
        await sleep(longerThanTtlMs)
        await heal(victim, ['peers'])
      },
    },
    leaderWithoutClients: {
      name: 'the leader is cut off from its clients',
      cuts: ['clients'],
      async strike(scene) {
        const victim = await current().leader()
        scene.struck()
        await cut(victim, ['clients'])
        await sleep(longerThanTtlMs)
        await heal(victim, ['clients'])
      },
    },
    leaderAlone: {
      name: 'the leader is cut off from everybody',
      cuts: ['peers', 'clients'],
      async strike(scene) {
        const victim = await withoutLeader(scene, (leader) => cut(leader, ['peers', 'clients']))
        await sleep(longerThanTtlMs)
        await heal(victim, ['peers', 'clients'])
      },
    },
    allApart: {
      name: 'every member is cut off from its peers',
      cuts: ['peers'],
      async strike(scene) {
        scene.struck()
        for (const index of current().members.keys()) await cut(index, ['peers'])
        await sleep(4_000)
        for (const index of current().members.keys()) await heal(index, ['peers'])
        await current().leader()
        scene.ableAgain()
      },
    },
    rollingRestart: {
      name: 'every member is restarted in turn',
      async strike(scene) {
        scene.struck()
        for (const each of current().members) {
          await each.restart()
          await sleep(1_000)
        }
      },
    },
    authOn: {
      name: 'authentication is switched on',
      async strike(scene) {
        await using wire = await current().connect()
        await switchOnAuth(wire, current().auth)
        current().authOn = true
        scene.struck()
        await sleep(500)
      },
    },
    compaction: {
      name: 'history is compacted while watchers are behind',
      excusesGaps: true,
      async strike(scene) {
        scene.struck()
        scene.cutDistant()
        await sleep(1_500)
        const revision = await scene.record()
        await using wire = await current().connect()
        await wire.compact(revision, { physical: true })
        scene.healDistant()
      },
    },
  } satisfies Record<string, Fault>
}
