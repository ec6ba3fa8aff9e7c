import { open, rm } from 'node:fs/promises'
import type { EtcdClient } from '@waypost/client'
import { messageOf, WaypostError } from '@waypost/core'
import { UsageError } from '../../command-line/exit-codes.ts'
import { byteCount } from '../../print/byte-count.ts'
import { ProgressBar } from '../../terminal/progress-bar.ts'

/** Writes a snapshot of the store to a file, for its owner alone, in the place of one that an earlier attempt left. */
export async function download(etcd: EtcdClient, path: string): Promise<void> {
  if (etcd.endpoints.length > 1) throw new UsageError('A snapshot is of one member: name one endpoint.')
  using progress = new ProgressBar('')
  // It holds every value and the hashes of the passwords: for its owner alone, whoever made such a file before.
  await rm(path, { force: true })
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new WaypostError('failed-precondition', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  })
  try {
    const onProgress = (sentBytes: number, remainingBytes: number) =>
      progress.show(sentBytes, { total: sentBytes + remainingBytes, text: byteCount(sentBytes) })
    for await (const chunk of etcd.maintenance.snapshot({ onProgress })) await file.write(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}
