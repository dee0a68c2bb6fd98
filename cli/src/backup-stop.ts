import type { Message } from '@nhip/canonical/problem'
import { BackupError } from '@nhip/node/backup/backup-error'
import { exitCodes, Stop } from '@nhip/node/stop'

const codes: Record<BackupError['code'], number> = {
  'backup-truncated': exitCodes.damaged,
  'backup-altered': exitCodes.damaged,
  'restore-differs': exitCodes.damaged,
  'backup-format': exitCodes.unusable,
  'not-empty': exitCodes.unusable,
  'backup-running': exitCodes.no,
}

/** What keeps a backup from being made or put back, as the command ends with it; other errors as they are. */
export function backupStop(error: unknown): unknown {
  if (error instanceof BackupError) return new Stop(codes[error.code], error.problem.message, error)
  const { name, problem, exitCode, message } = error as {
    name?: string
    problem?: { code: string; message: Message }
    exitCode?: number
    message?: string
  }
  if (name === 'AbortError')
    return new Stop(130, { vi: 'Đã dừng; không để lại gì.', en: 'Stopped; nothing was left behind.' }, error)
  if (problem?.code === 'disk-full') return new Stop(exitCodes.no, problem.message, error)
  if (name === 'MigrationError' && exitCode !== undefined)
    return new Stop(
      exitCode,
      {
        vi: `Bản sao lưu thuộc về một phiên bản khác của chương trình: ${message}`,
        en: `The backup belongs to another version of the program: ${message}`,
      },
      error,
    )
  return error
}
