export { type EtcdErrorEntry, type EtcdErrorName, etcdErrorNamed, etcdErrors } from './etcd-errors.ts'
export * from './generated/index.ts'
export {
  everyKey,
  inNamespace,
  isEmptyRange,
  isOpenEnd,
  isSingleKey,
  type KeyRange,
  prefixEnd,
  prefixRange,
  rangeContains,
  rangeCovers,
  rangesIntersect,
  singleKey,
} from './key-range.ts'
export { asBuffer, MalformedMessageError, noBytes, Reader } from './wire/reader.ts'
export {
  sizeOfDelimited,
  sizeOfInt32,
  sizeOfInt64,
  sizeOfString,
  sizeOfUint32,
  sizeOfUint64,
  Writer,
} from './wire/writer.ts'
