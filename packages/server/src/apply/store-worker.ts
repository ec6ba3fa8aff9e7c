import { closeSync, openSync } from 'node:fs'
import { BoltWriter } from '../bolt/bolt-writer.ts'
import { KvHasher } from '../mvcc/kv-hasher.ts'
import { serveTasks } from '../serve-tasks.ts'
import { scanRevisions } from '../storage/lmdb-scan.ts'
import type { RevisionVisitor } from '../storage/storage.ts'
import { inspectTree, revisionsName } from '../storage/tree-inspection.ts'
import { fillSink, HashSink } from './bucket-sink.ts'
import { etcdBuckets, type SmallRecords } from './etcd-buckets.ts'
import type { StoreFile, StoreTask } from './store-reader.ts'

function visitKeys({ treePath, meta, at }: StoreFile, visit: RevisionVisitor): void {
  const take: RevisionVisitor = (main, sub, tombstone, bytes, start, end) => {
    // What lies above was written ahead of the next checkpoint.
    if (main <= at.revision) visit(main, sub, tombstone, bytes, start, end)
  }
  scanRevisions(treePath, revisionsName, take, { meta })
}

function smallRecords({ treePath, meta }: StoreFile): SmallRecords {
  const { entries, leases } = inspectTree(treePath, { hasChecksums: true, revisions: 'none', meta })
  return {
    entry: (name) => entries.get(name),
    entries: (prefix) => [...entries].filter(([name]) => name.startsWith(prefix)),
    leases: () => [...leases].map(([id, ttlSeconds]) => ({ id, ttlSeconds })),
  }
}

serveTasks(async (task: StoreTask): Promise<number> => {
  const { file } = task
  const visit = (visitor: RevisionVisitor): void => visitKeys(file, visitor)
  if (task.kind === 'hash-kv') {
    const hasher = new KvHasher(task.scope, task.kept)
    visit(hasher.visit)
    return hasher.value
  }
  const buckets = etcdBuckets(smallRecords(file), file.at.appliedIndex)
  if (task.kind === 'hash') {
    const sink = new HashSink()
    await fillSink(sink, buckets, visit)
    return sink.value
  }
  const fd = openSync(task.path, 'wx', 0o600)
  try {
    const writer = new BoltWriter(fd)
    await fillSink(writer, buckets, visit)
    return writer.finish()
  } finally {
    closeSync(fd)
  }
})
