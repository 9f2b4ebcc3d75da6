import { isSameRecord } from './record.js'
import type { StoredSession } from './store.js'

/** More than a store that is out of order brings back. */
const remembered = 20

/** Records whose tokens a response called expired, the last ones: a store may bring one back. */
export function createDeadRecords() {
  const records: StoredSession[] = []

  const has = (other: StoredSession): boolean =>
    records.some(
      (record) =>
        isSameRecord(record, other) && record.tokens?.accessToken === other.tokens?.accessToken,
    )

  return {
    has,
    add(record: StoredSession): void {
      if (has(record)) return
      records.push(record)
      if (records.length > remembered) records.shift()
    },
  }
}
