import { boxesShared } from './box.ts'
import type { TableSummary } from './finding.ts'
import { finding } from './finding.ts'
import { compareRanks, rankOf, sameOutput } from './outputs.ts'
import type { Pairs } from './overlap.ts'
import { MOST_FINDINGS, placeOf, reportRegion, type TableCheck } from './table-check.ts'

/**
 * Rules that meet although the hit policy forbids it: any two under UNIQUE, two with different outputs under ANY, two of equal
 * priority with different outputs under PRIORITY.
 */
export function checkConflicts(check: TableCheck, { pairs, complete }: Pairs): TableSummary['overlaps'] {
  const { view, findings } = check
  const { hitPolicy } = view.table
  const verdict = complete ? 'none' : 'not proved'
  if (hitPolicy !== 'UNIQUE' && hitPolicy !== 'ANY' && hitPolicy !== 'PRIORITY')
    return pairs.length > 0 ? 'found' : verdict
  let reported = 0
  for (const [i, j] of pairs) {
    const clash = hitPolicy === 'UNIQUE' ? 'sure' : contradict(check, i, j)
    if (clash === 'no') continue
    const surely = boxesShared(view.must[i] as never, view.must[j] as never)
    const region = surely ?? boxesShared(view.may[i] as never, view.may[j] as never)
    if (region === undefined) continue
    if (reported >= MOST_FINDINGS || (reported > 0 && check.tracing.spent)) {
      more(check, hitPolicy, reported)
      break
    }
    const [a, b] = [i + 1, j + 1]
    const shown = reportRegion(
      check,
      region,
      {
        severity: 'error',
        code: hitPolicy === 'UNIQUE' ? 'table.overlap' : 'table.contradiction',
        rules: [a, b],
        proved: surely !== undefined && clash === 'sure',
        message:
          hitPolicy === 'UNIQUE'
            ? {
                vi: `dòng ${a} và dòng ${b} của bảng "${view.decision}" cùng khớp, trái với quy tắc UNIQUE`,
                en: `rules ${a} and ${b} of table "${view.decision}" both match, against UNIQUE`,
              }
            : {
                vi: `dòng ${a} và dòng ${b} của bảng "${view.decision}" cùng khớp${hitPolicy === 'PRIORITY' ? ', cùng mức ưu tiên,' : ''} mà cho kết quả khác nhau`,
                en: `rules ${a} and ${b} of table "${view.decision}" both match${hitPolicy === 'PRIORITY' ? ' with equal priority' : ''} and give different outputs`,
              },
      },
      (hits) => hits.includes(a) && hits.includes(b),
    )
    if (shown) reported++
  }
  if (!complete && reported === 0)
    findings.push(
      finding({
        severity: 'warning',
        code: hitPolicy === 'UNIQUE' ? 'table.overlap' : 'table.contradiction',
        place: placeOf(view),
        decision: view.decision,
        proved: false,
        message: {
          vi: `chưa xét hết các cặp dòng của bảng "${view.decision}": hết giới hạn tính`,
          en: `not all pairs of rules of table "${view.decision}" were compared: the limit of work was reached`,
        },
      }),
    )
  return reported > 0 ? 'found' : verdict
}

function contradict({ view }: TableCheck, i: number, j: number): 'sure' | 'perhaps' | 'no' {
  const { outputs, table } = view
  const [a, b] = [outputs.rules[i] ?? [], outputs.rules[j] ?? []]
  const same = sameOutput(a, b)
  if (same === true) return 'no'
  if (table.hitPolicy === 'PRIORITY') {
    const [x, y] = [rankOf(outputs, a), rankOf(outputs, b)]
    if (x === undefined || y === undefined) return 'perhaps'
    if (compareRanks(x, y) !== 0) return 'no'
  }
  return same === undefined ? 'perhaps' : 'sure'
}

function more({ view, findings }: TableCheck, policy: string, listed: number): void {
  findings.push(
    finding({
      severity: 'info',
      code: policy === 'UNIQUE' ? 'table.overlap' : 'table.contradiction',
      place: placeOf(view),
      decision: view.decision,
      message: {
        vi: `bảng "${view.decision}" còn nhiều cặp dòng nữa, chỉ nêu ${listed} cặp đầu`,
        en: `table "${view.decision}" has more such pairs: the first ${listed} are listed`,
      },
    }),
  )
}
