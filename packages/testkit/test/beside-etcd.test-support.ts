import { startEtcd, startStore } from '../src/index.ts'
import { Wire } from '../src/wire/wire.ts'

/** An etcd and an embedded server, both fresh. */
export interface Pair {
  readonly etcd: Wire
  readonly ours: Wire
  close(): Promise<void>
}

export async function startPair(): Promise<Pair> {
  // Passwords need not be safe here, but many are checked.
  const [model, server] = await Promise.all([startEtcd({ args: ['--bcrypt-cost', '4'] }), startStore()])
  const etcd = new Wire(model.url)
  const ours = new Wire(server.url)
  return {
    etcd,
    ours,
    close: async () => {
      await Promise.all([etcd.close(), ours.close()])
      await Promise.all([model.close(), server.close()])
    },
  }
}
