import { WaypostError } from '@waypost/core'

/**
 * The tree was found to be damaged while it was loaded. Close it, and open it again as suspect:
 * then all of it is read first, and it is repaired or refused.
 */
export class DamagedTreeError extends WaypostError {
  constructor(file: string, why: string) {
    super('data-dir-foreign', `${file} is damaged: ${why}.`)
  }
}
