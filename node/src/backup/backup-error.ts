import type { Message, Problem } from '@nhip/canonical/problem'

/**
 * - `backup-truncated`, `backup-altered`: the archive is not what was written; the part is in `problem.path`.
 * - `backup-format`: no backup, or one of a later program.
 * - `backup-running`: one is being made.
 * - `not-empty`: there is something already where the backup would be restored.
 * - `restore-differs`: what was restored is not what the backup says; nothing was put in place.
 */
export type BackupErrorCode =
  | 'backup-truncated'
  | 'backup-altered'
  | 'backup-format'
  | 'backup-running'
  | 'not-empty'
  | 'restore-differs'

/** A backup that cannot be made, read or put back; `problem` is what to show to people. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
  readonly code: BackupErrorCode
  readonly problem: Problem

  constructor(code: BackupErrorCode, message: Message, more: Partial<Problem> = {}, cause?: unknown) {
    super(message.en, { cause })
    this.code = code
    this.problem = { severity: 'error', code, ...more, message }
  }
}

/** The archive ends where a part should go on. */
export function truncated(part: string): BackupError {
  return new BackupError(
    'backup-truncated',
    {
      vi: `Bản sao lưu bị cắt cụt ở phần "${part}": tệp kết thúc giữa chừng.`,
      en: `The backup is cut off in part "${part}": the file ends before it does.`,
    },
    { path: part },
  )
}

/** A part is not what the manifest says, or stands where none should be. */
export function altered(part: string, rule: Message): BackupError {
  return new BackupError(
    'backup-altered',
    {
      vi: `Bản sao lưu đã bị thay đổi ở phần "${part}": ${rule.vi}.`,
      en: `The backup has been altered in part "${part}": ${rule.en}.`,
    },
    { path: part },
  )
}
