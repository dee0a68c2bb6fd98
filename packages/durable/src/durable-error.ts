import type { Message, Problem } from '@nhip/canonical/problem'

/**
 * What can go wrong with files that must survive.
 * - `disk-full`: no room (ENOSPC, EDQUOT, EFBIG, EROFS); what was acknowledged is still there.
 * - `sync-failed`: the disk did not confirm; **the process must stop**, see {@link SyncFailed}.
 * - `locked`: another process holds the folder.
 * - `damaged`: bytes that had been acknowledged are not what was written.
 */
export type DurableErrorCode = 'disk-full' | 'sync-failed' | 'locked' | 'damaged'

/** Base of the errors of this package; `problem` is what to show to people. */
export class DurableError extends Error {
  readonly code: DurableErrorCode
  readonly problem: Problem

  constructor(code: DurableErrorCode, path: string, message: Message, cause?: unknown) {
    super(message.en, { cause })
    this.name = new.target.name
    this.code = code
    this.problem = { severity: 'error', code, file: path, message }
  }
}

/** The disk has no room for a write. Nothing of the write counts; earlier writes stay. */
export class DiskFull extends DurableError {
  constructor(path: string, cause?: unknown) {
    super(
      'disk-full',
      path,
      {
        vi: `Ổ đĩa đã đầy hoặc không cho ghi: không ghi được "${path}". Dữ liệu đã xác nhận trước đó vẫn còn nguyên.`,
        en: `The disk is full or refuses writes: could not write "${path}". What was acknowledged before is intact.`,
      },
      cause,
    )
  }
}

/**
 * `fsync` or `fdatasync` failed. The kernel may have dropped the unwritten pages and will report success on the
 * next call without having written them (Rebello et al., "Can applications recover from fsync failures?",
 * USENIX ATC 2020), so a retry proves nothing. Whoever catches this must end the process (exit code 70) and start
 * again from what the disk holds.
 */
export class SyncFailed extends DurableError {
  /** Always true; lets a top-level handler tell this error from those that a request may survive. */
  readonly mustStop = true

  constructor(path: string, cause?: unknown) {
    super(
      'sync-failed',
      path,
      {
        vi: `Ổ đĩa không xác nhận đã ghi "${path}". Chương trình phải dừng và mở lại từ những gì có trên đĩa.`,
        en: `The disk did not confirm the write of "${path}". The program must stop and reopen from what is on disk.`,
      },
      cause,
    )
  }
}

/** Acknowledged bytes are no longer what was written. Nothing is repaired in silence: restore from a backup. */
export class Damaged extends DurableError {
  /** Byte offset of the first bad place in the file. */
  readonly offset: number

  constructor(path: string, offset: number, rule: Message) {
    super('damaged', path, {
      vi: `Tệp "${path}" hỏng tại byte ${offset}: ${rule.vi}.`,
      en: `File "${path}" is damaged at byte ${offset}: ${rule.en}.`,
    })
    this.offset = offset
  }
}

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS'])

/** Turns a Node file error into {@link DiskFull} when it says that there is no room, and leaves others alone. */
export function asDiskFull(path: string, error: unknown): unknown {
  if (error instanceof Error && 'code' in error && NO_ROOM.has(String(error.code)))
    return new DiskFull(path, error)
  return error
}
