import { closeSync, openSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { BoltWriter } from '../bolt/bolt-writer.ts'
import { KvHasher } from '../mvcc/hash-kv.ts'
import { answerFromThread } from '../run-thread.ts'
import { scanRevisions } from '../storage/lmdb-scan.ts'
import type { RevisionVisitor } from '../storage/storage.ts'
import { inspectTree, revisionsName } from '../storage/tree-inspection.ts'
import { fillSink, HashSink } from './bucket-sink.ts'
import { etcdBuckets, type SmallRecords } from './etcd-buckets.ts'
import type { StoreTask } from './store-reader.ts'

const task: StoreTask = workerData
const { treePath, meta, at } = task.file

function visitKeys(visit: RevisionVisitor): void {
  const take: RevisionVisitor = (main, sub, tombstone, bytes, start, end) => {
    // What lies above was written ahead of the next checkpoint.
    if (main <= at.revision) visit(main, sub, tombstone, bytes, start, end)
  }
  scanRevisions(treePath, revisionsName, take, { meta })
}

function smallRecords(): SmallRecords {
  const { entries, leases } = inspectTree(treePath, { hasChecksums: true, revisions: 'none', meta })
  return {
    entry: (name) => entries.get(name),
    entries: (prefix) => [...entries].filter(([name]) => name.startsWith(prefix)),
    leases: () => [...leases].map(([id, ttlSeconds]) => ({ id, ttlSeconds })),
  }
}

await answerFromThread(async (): Promise<number> => {
  if (task.kind === 'hash-kv') {
    const hasher = new KvHasher(task.scope, task.kept)
    visitKeys(hasher.visit)
    return hasher.value
  }
  const buckets = etcdBuckets(smallRecords(), at.appliedIndex)
  if (task.kind === 'hash') {
    const sink = new HashSink()
    await fillSink(sink, buckets, visitKeys)
    return sink.value
  }
  const fd = openSync(task.path, 'wx', 0o600)
  try {
    const writer = new BoltWriter(fd)
    await fillSink(writer, buckets, visitKeys)
    return writer.finish()
  } finally {
    closeSync(fd)
  }
})
