import type { Message, Problem } from '@nhip/canonical/problem'
import type { FileFault } from '@nhip/forecast/score-file'
import type { Io } from '../verb.ts'

const RULES: Readonly<Record<FileFault['code'], (value: string) => Message>> = {
  'score-header': (v) => ({
    vi: `dòng đầu phải đúng là id|group|frequency|horizon|train|test, đang là "${v}"`,
    en: `the first line must be id|group|frequency|horizon|train|test, found "${v}"`,
  }),
  'score-columns': (v) => ({
    vi: `cần 6 cột ngăn bởi "|", có ${v}`,
    en: `6 columns separated by "|" are needed, found ${v}`,
  }),
  'score-duplicate-id': (v) => ({
    vi: `mã chuỗi "${v}" trống hoặc bị lặp`,
    en: `series id "${v}" is empty or repeated`,
  }),
  'score-not-a-number': (v) => ({ vi: `"${v}" không phải là số`, en: `"${v}" is not a number` }),
  'score-frequency': (v) => ({
    vi: `tần suất "${v}" phải là số nguyên dương`,
    en: `frequency "${v}" must be a positive integer`,
  }),
  'score-horizon': (v) => ({
    vi: `số bước "${v}" phải là số nguyên dương`,
    en: `horizon "${v}" must be a positive integer`,
  }),
  'score-test-length': (v) => ({
    vi: `số giá trị kiểm tra khác số bước: ${v}`,
    en: `test length differs from the horizon: ${v}`,
  }),
  'score-empty': () => ({ vi: 'tệp không có chuỗi nào', en: 'the file holds no series' }),
}

/** A fault of a score file in the shape of the house. */
export function scoreProblem(file: string, fault: FileFault): Problem {
  return {
    severity: 'error',
    code: fault.code,
    file,
    line: fault.line,
    column: fault.column,
    value: fault.value,
    message: RULES[fault.code](fault.value),
  }
}

/** A fault of an option or of a file as a whole. */
export function problem(code: string, message: Message, more: Partial<Problem> = {}): Problem {
  return { severity: 'error', code, message, ...more }
}

/** Prints problems where the caller wants them and gives exit code 2. */
export function refuse(problems: readonly Problem[], io: Io): 2 {
  if (io.json) io.stdout.write(`${JSON.stringify({ problems })}\n`)
  for (const p of problems.slice(0, 20)) {
    const place = [
      p.file,
      p.line === undefined ? '' : `${io.lang === 'vi' ? 'dòng' : 'line'} ${p.line}`,
      p.column === undefined ? '' : `${io.lang === 'vi' ? 'cột' : 'column'} ${p.column}`,
    ]
      .filter(Boolean)
      .join(', ')
    io.stderr.write(`${place ? `${place}: ` : ''}${p.message[io.lang]}\n`)
  }
  if (problems.length > 20)
    io.stderr.write(
      io.lang === 'vi' ? `… và ${problems.length - 20} lỗi nữa\n` : `… and ${problems.length - 20} more\n`,
    )
  return 2
}
