import { runContract } from '../src/contract/run-contract.ts'

runContract('embedded-durable')
