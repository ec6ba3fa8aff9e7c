import { Compare, type RequestOp } from '@waypost/protocol'
import { op, type PutOptions, type RangeOptions, type TxnParts } from '../../src/wire/requests.ts'
import { type Place, revisionAt } from './place.ts'
import type { CompareStep, OpStep, PutStep, RangeStep, TxnStep } from './step.ts'

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

export function rangeOptions(step: RangeStep, place: Place): RangeOptions {
  return {
    end: latin1(step.end),
    revision: revisionAt(step.revision, place),
    limit: BigInt(step.limit),
    sortOrder: step.sortOrder,
    sortTarget: step.sortTarget,
    serializable: step.serializable,
    keysOnly: step.keysOnly,
    countOnly: step.countOnly,
    minModRevision: revisionAt(step.minMod, place),
    maxModRevision: revisionAt(step.maxMod, place),
    minCreateRevision: revisionAt(step.minCreate, place),
    maxCreateRevision: revisionAt(step.maxCreate, place),
  }
}

export function putOptions(step: PutStep): PutOptions {
  return {
    lease: BigInt(step.lease),
    prevKv: step.prevKv,
    ignoreValue: step.ignoreValue,
    ignoreLease: step.ignoreLease,
  }
}

export function txnParts(step: TxnStep, place: Place): TxnParts {
  return {
    compare: step.compare.map((each) => comparison(each, place)),
    success: step.success.map((each) => operation(each, place)),
    failure: step.failure.map((each) => operation(each, place)),
  }
}

function operation(step: OpStep, place: Place): RequestOp {
  switch (step.kind) {
    case 'range':
      return op.range(latin1(step.key), rangeOptions(step, place))
    case 'put':
      return op.put(latin1(step.key), latin1(step.value), putOptions(step))
    case 'delete':
      return op.delete(latin1(step.key), { end: latin1(step.end), prevKv: step.prevKv })
    case 'txn':
      return op.txn(txnParts(step, place))
    case 'none':
      return op.empty()
  }
}

function comparison(step: CompareStep, place: Place): Compare {
  return Compare.create({
    key: latin1(step.key),
    rangeEnd: latin1(step.end),
    target: step.target,
    result: step.result,
    ...unionMember(step, place),
  })
}

function unionMember(step: CompareStep, place: Place): Partial<Compare> {
  const revision = revisionAt(step.revision, place)
  switch (step.member) {
    case 'version':
      return { version: BigInt(step.number) }
    case 'create':
      return { createRevision: revision }
    case 'mod':
      return { modRevision: revision }
    case 'value':
      return { value: latin1(step.value) }
    case 'lease':
      return { lease: BigInt(step.number) }
    case 'none':
      return {}
  }
}
