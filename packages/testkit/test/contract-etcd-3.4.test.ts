import { runContract } from '../src/contract/run-contract.ts'

runContract('etcd-3.4')
