export { callOptionKinds, checkedCallOptions } from './call-options.ts'
export { checkOptions, checkOptionsIfGiven, type OptionKinds, optionsKind } from './check-options.ts'
export { nearestName } from './nearest-name.ts'
export {
  abortSignal,
  anyOf,
  anything,
  boolean,
  functionKind,
  int64,
  kindOf,
  listOf,
  notNegative,
  number,
  type OptionKind,
  oneOf,
  positiveNumber,
  type RequiredOption,
  recordOf,
  required,
  text,
  wholeNumber,
  withMethods,
} from './option-kind.ts'
