import { requireOrSkip, runEtcdctl, startEtcd, startStore } from '../src/index.ts'

/** A store with the user root and the password guang, as the tutorials' container has. */
export interface TutorialStore {
  readonly url: string
  close(): Promise<void>
}

export interface TutorialFlavour {
  readonly name: string
  readonly runs: boolean
  start(): Promise<TutorialStore>
}

export const password = 'guang'

export const tutorialFlavours: readonly TutorialFlavour[] = [
  {
    name: 'the embedded server',
    runs: requireOrSkip("the tutorials' programs", 'etcdctl'),
    start: () => startStore({ rootPassword: password }),
  },
  {
    name: 'etcd',
    runs: requireOrSkip("the tutorials' programs on etcd", 'etcd', 'etcdctl'),
    start: async () => {
      const etcd = await startEtcd({ args: ['--bcrypt-cost', '4'] })
      for (const command of [
        `user add root:${password}`,
        'role add root',
        'user grant-role root root',
        'auth enable',
      ]) {
        const { code, stderr } = await runEtcdctl(etcd.url, command.split(' '))
        if (code !== 0) throw new Error(`etcdctl ${command} failed: ${stderr}`)
      }
      return etcd
    },
  },
]
