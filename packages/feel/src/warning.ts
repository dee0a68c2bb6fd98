import type { Message } from '@nhip/canonical/problem'
import type { Span } from './ast.ts'

/** Why an evaluation gave null somewhere. The place is that of the expression's text. */
export interface Warning {
  readonly code: WarningCode
  readonly span: Span
  readonly args: readonly string[]
  readonly message: Message
}

/** `{0}`, `{1}` … stand for the arguments of the warning. */
const TEXTS = {
  'operator.types': {
    vi: 'phép toán {0} không áp dụng được cho {1} và {2}',
    en: 'operator {0} does not apply to {1} and {2}',
  },
  'operator.type': {
    vi: 'phép toán {0} không áp dụng được cho {1}',
    en: 'operator {0} does not apply to {1}',
  },
  'compare.types': { vi: 'không so sánh được {0} với {1}', en: '{0} cannot be compared with {1}' },
  'number.range': { vi: '{0} không cho ra một số hợp lệ', en: '{0} does not give a number' },
  'divide.zero': { vi: 'chia cho 0', en: 'division by zero' },
  'temporal.range': {
    vi: 'kết quả nằm ngoài phạm vi ngày giờ',
    en: 'the result is outside the range of dates',
  },
  'literal.invalid': {
    vi: '"{0}" không phải ngày, giờ hay khoảng thời gian',
    en: '"{0}" is no date, time or duration',
  },
  'name.unknown': { vi: 'không có giá trị nào tên "{0}"', en: 'there is no value named "{0}"' },
  'entry.unknown': { vi: 'không có mục "{0}"', en: 'there is no entry "{0}"' },
  'path.type': { vi: 'không lấy được "{0}" của {1}', en: '"{0}" of {1} does not exist' },
  'context.duplicate': { vi: 'mục "{0}" lặp lại', en: 'entry "{0}" occurs twice' },
  'filter.type': {
    vi: 'điều kiện lọc phải là đúng/sai hoặc số, đây là {0}',
    en: 'a filter is a boolean or a number, not {0}',
  },
  'quantified.type': {
    vi: 'điều kiện phải là đúng/sai, đây là {0}',
    en: 'the condition must be boolean, it is {0}',
  },
  'for.domain': { vi: 'không lặp qua được {0}', en: 'cannot iterate over {0}' },
  'type.unknown': { vi: 'không có kiểu "{0}"', en: 'there is no type "{0}"' },
  'type.mismatch': { vi: 'giá trị {0} không thuộc kiểu {1}', en: 'a value of {0} is not of type {1}' },
  'range.ends': {
    vi: 'hai đầu của khoảng không so sánh được: {0} và {1}',
    en: 'the ends of a range cannot be compared: {0} and {1}',
  },
  'call.target': { vi: '{0} không phải là hàm', en: '{0} is not a function' },
  'call.unknown': { vi: 'không có hàm "{0}"', en: 'there is no function "{0}"' },
  'call.arity': { vi: 'hàm {0} không nhận {1} tham số', en: 'function {0} does not take {1} arguments' },
  'call.name': { vi: 'hàm {0} không có bộ tham số ({1})', en: 'function {0} has no parameters ({1})' },
  'call.argument': {
    vi: 'hàm {0}: tham số "{1}" không nhận {2}',
    en: 'function {0}: parameter "{1}" does not accept {2}',
  },
  'call.value': {
    vi: 'hàm {0}: giá trị {1} không dùng được',
    en: 'function {0}: the value {1} cannot be used',
  },
  'call.external': {
    vi: 'hàm bên ngoài không được hỗ trợ: {0}',
    en: 'external function is not supported: {0}',
  },
  'clock.missing': { vi: 'lần tính này không có đồng hồ', en: 'this evaluation was given no clock' },
  'limit.steps': { vi: 'vượt số bước cho phép', en: 'more steps than allowed' },
  'limit.depth': { vi: 'hàm gọi lồng nhau quá sâu', en: 'functions call each other too deeply' },
  'limit.size': { vi: 'kết quả quá lớn', en: 'the result is too large' },
  'expression.broken': { vi: 'biểu thức viết sai cú pháp', en: 'the expression could not be read' },
  'regex.invalid': {
    vi: 'biểu thức chính quy "{0}" không hợp lệ',
    en: 'the regular expression "{0}" is not valid',
  },
  'regex.limit': { vi: 'biểu thức chính quy chạy quá lâu', en: 'the regular expression runs too long' },
} as const satisfies Record<string, Message>

export type WarningCode = keyof typeof TEXTS | `host.${string}`

/** The text of a warning in both languages; hosts pass their own for codes that begin with `host.`. */
export function warningText(code: keyof typeof TEXTS, args: readonly string[]): Message {
  const fill = (text: string) => text.replace(/\{(\d)\}/g, (_, i) => args[Number(i)] ?? '')
  return { vi: fill(TEXTS[code].vi), en: fill(TEXTS[code].en) }
}

export type BuiltInWarningCode = keyof typeof TEXTS
