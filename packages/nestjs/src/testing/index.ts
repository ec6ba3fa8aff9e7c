export { WaypostTestingModule, type WaypostTestingOptions } from './waypost-testing.module.ts'
