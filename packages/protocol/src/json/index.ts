export { fromJson, JsonMappingError } from './from-json.ts'
export { toJson } from './to-json.ts'
