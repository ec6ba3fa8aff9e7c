/**
 * The etcd version whose behaviour clients may count on: some look at it before they use what old versions lack.
 * `cluster` is what a cluster of such members would agree on.
 */
export const etcdVersion = { server: '3.5.24', cluster: '3.5.0' } as const
