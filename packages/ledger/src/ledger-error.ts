import type { Problem } from '@nhip/canonical/problem'

export type LedgerErrorCode =
  | 'ledger-full'
  | 'ledger-broken'
  | 'ledger-damaged'
  | 'ledger-fork'
  | 'entry-too-large'
  | 'ledger-closed'
  | 'ledger-exists'
  | 'ledger-absent'

/** Base of the errors of a ledger; `problem` is what to show to people. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode
  readonly problem: Problem

  constructor(
    code: LedgerErrorCode,
    message: { vi: string; en: string },
    more: { file?: string; hint?: { vi: string; en: string }; cause?: unknown } = {},
  ) {
    super(message.en, { cause: more.cause })
    this.name = new.target.name
    this.code = code
    this.problem = {
      severity: 'error',
      code,
      ...(more.file === undefined ? {} : { file: more.file }),
      message,
      ...(more.hint ? { hint: more.hint } : {}),
    }
  }
}

/** No room on the disk: appends are refused, reading and proving go on. */
export class LedgerFull extends LedgerError {
  constructor(cause: unknown) {
    super(
      'ledger-full',
      {
        vi: 'Ổ đĩa đã đầy: sổ cái không nhận thêm mục. Đọc và chứng minh vẫn được.',
        en: 'The disk is full: the ledger takes no more entries. Reading and proving go on.',
      },
      { cause },
    )
  }
}

/** The disk did not confirm a write: this writer is finished; reopen from what is on disk. */
export class LedgerBroken extends LedgerError {
  constructor(cause: unknown) {
    super(
      'ledger-broken',
      {
        vi: 'Ổ đĩa không xác nhận lần ghi. Phải đóng sổ cái và mở lại từ đĩa.',
        en: 'The disk did not confirm a write. The ledger must be closed and opened again from disk.',
      },
      { cause },
    )
  }
}

export class EntryTooLarge extends LedgerError {
  constructor(length: number, limit: number) {
    super('entry-too-large', {
      vi: `Mục dài ${length} byte, giới hạn là ${limit}: sổ cái giữ mã băm, không giữ nội dung.`,
      en: `The entry has ${length} bytes, the limit is ${limit}: a ledger holds hashes, not payloads.`,
    })
  }
}

/** Stored bytes do not fit the signed head. Nothing is written on top of them. */
export class LedgerDamaged extends LedgerError {
  constructor(file: string, en: string, vi: string) {
    super(
      'ledger-damaged',
      { vi: `Sổ cái hỏng: ${file} ${vi}.`, en: `The ledger is damaged: ${file} ${en}.` },
      {
        file,
        hint: {
          vi: 'Không ghi tiếp vào thư mục này. Phục hồi từ bản sao lưu mới nhất, hoặc mở sổ kế tiếp bằng "nhip ledger succeed".',
          en: 'Do not write on to this folder. Restore the newest backup, or open a successor with "nhip ledger succeed".',
        },
      },
    )
  }
}

/**
 * The folder is older than what the ledger has already signed: an old copy was put back. Signing on would give two
 * different histories under one name.
 */
export class LedgerFork extends LedgerError {
  constructor(recovered: number, signed: number) {
    super(
      'ledger-fork',
      {
        vi: `Thư mục sổ cái là bản cũ: có ${recovered} mục, nhưng sổ đã ký đến mục ${signed}. Không ghi tiếp, vì sẽ thành hai lịch sử khác nhau.`,
        en: `The ledger folder is an old copy: it holds ${recovered} entries, but ${signed} were already signed. Writing on would make two different histories.`,
      },
      {
        hint: {
          vi: 'Phục hồi bản sao lưu mới nhất. Nếu không còn, mở sổ kế tiếp bằng "nhip ledger succeed": sổ mới ghi lại đầu cuối cùng của sổ cũ.',
          en: 'Restore the newest backup. If there is none, open a successor with "nhip ledger succeed": the new log records the last head of the old one.',
        },
      },
    )
  }
}
