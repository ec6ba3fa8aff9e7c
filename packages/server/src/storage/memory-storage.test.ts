import { MemoryStorage } from './memory-storage.ts'
import { storageContract } from './storage-contract.test-support.ts'

storageContract('MemoryStorage', { open: () => new MemoryStorage(), reopen: undefined })
