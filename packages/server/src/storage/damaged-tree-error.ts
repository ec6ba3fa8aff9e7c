import { WaypostError } from '@waypost/core'

/**
 * The tree was found to be damaged while it was loaded. Whoever opened it is to close it, and to open it again as
 * suspect: then it is read as a whole first, and repaired or refused.
 */
export class DamagedTreeError extends WaypostError {
  constructor(file: string, why: string) {
    super('data-dir-foreign', `${file} is damaged: ${why}.`)
  }
}
