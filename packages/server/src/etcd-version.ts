/**
 * The etcd version whose behaviour clients may count on: some look at it before they use what old versions lack.
 * `cluster` is the version that a cluster of such members agrees on, `storage` that of its files.
 */
export const etcdVersion = { server: '3.7.3', cluster: '3.7.0', storage: '3.7.0' } as const
