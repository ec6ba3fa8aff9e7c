export { noBytes, Reader } from './reader.ts'
export {
  sizeOfDelimited,
  sizeOfInt32,
  sizeOfInt64,
  sizeOfString,
  sizeOfUint32,
  sizeOfUint64,
  Writer,
} from './writer.ts'
