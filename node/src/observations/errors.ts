import type { Message, Problem } from '@nhip/canonical/problem'

/**
 * Why the store of observations said no.
 * - `overloaded`: the queue is full; try again after `retryAfterS`.
 * - `read-only`: nothing is accepted now; `problem.code` is `disk-full`, `reopening` or `damaged`.
 * - `invalid-row`: a row that no door should have let through; nothing of its batch was stored.
 * - `aggregation`: the property forbids what was asked (`none`).
 * - `in-use`: another process has the database open.
 * - `damaged`: acknowledged bytes are missing or changed.
 * - `closed`: the store is shutting down.
 */
export type ObservationsErrorCode =
  | 'overloaded'
  | 'read-only'
  | 'invalid-row'
  | 'aggregation'
  | 'in-use'
  | 'damaged'
  | 'closed'

export class ObservationsError extends Error {
  readonly code: ObservationsErrorCode
  readonly problem: Problem
  readonly retryAfterS: number | undefined

  constructor(
    code: ObservationsErrorCode,
    message: Message,
    more: { problem?: Partial<Problem>; retryAfterS?: number; cause?: unknown } = {},
  ) {
    super(message.en, { cause: more.cause })
    this.name = 'ObservationsError'
    this.code = code
    this.problem = { severity: 'error', code, message, ...more.problem }
    this.retryAfterS = more.retryAfterS
  }
}

export function overloaded(): ObservationsError {
  return new ObservationsError(
    'overloaded',
    {
      vi: 'Kho quan trắc đang nhận quá nhiều dữ liệu, hãy gửi lại sau 1 giây. Lô này chưa được ghi.',
      en: 'The store of observations is taking in too much data; send again after 1 second. This batch was not stored.',
    },
    { retryAfterS: 1 },
  )
}

const READ_ONLY: Record<string, Message> = {
  'disk-full': {
    vi: 'Ổ đĩa sắp đầy: kho quan trắc tạm thời chỉ đọc. Dữ liệu đã xác nhận vẫn còn nguyên.',
    en: 'The disk is nearly full: the store of observations is read-only for now. What was acknowledged is intact.',
  },
  reopening: {
    vi: 'Kho quan trắc đang được mở lại sau lỗi ghi; lô này có thể đã hoặc chưa được ghi, hãy gửi lại.',
    en: 'The store of observations is being reopened after a failed write; this batch may or may not be stored: send it again.',
  },
  damaged: {
    vi: 'Kho quan trắc bị hỏng và chỉ đọc. Hãy chạy "nhip doctor" rồi khôi phục từ bản sao lưu.',
    en: 'The store of observations is damaged and read-only. Run "nhip doctor", then restore from a backup.',
  },
}

export function readOnly(reason: 'disk-full' | 'reopening' | 'damaged', cause?: unknown): ObservationsError {
  return new ObservationsError('read-only', READ_ONLY[reason]!, {
    problem: { code: reason },
    retryAfterS: reason === 'damaged' ? 60 : 2,
    cause,
  })
}

export function damaged(message: Message, file?: string): ObservationsError {
  return new ObservationsError('damaged', message, { problem: file ? { file } : {} })
}
