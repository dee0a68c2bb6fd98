import { RandomStream } from '@nhip/random/stream'
import type { Box } from './box.ts'
import { isEmptyBox } from './box.ts'
import { regionsOf, uncovered } from './cover.ts'
import { finding, type TableSummary } from './finding.ts'
import { has, type IndexSet, size } from './index-set.ts'
import { MOST_FINDINGS, placeOf, reportRegion, type TableCheck } from './table-check.ts'
import { regionText } from './view.ts'

/** Points drawn where a search has not come to its end. */
const SAMPLES = 2_000
/** Regions of more cuts are not gathered into readable ones: that would cost more than finding them. */
const MOST_GATHERED = 5_000

/**
 * Values for which no rule holds and no default output is given. Where the search could not be finished, an estimate of
 * how much is uncovered goes with what was found.
 */
export function checkGaps(check: TableCheck, disjoint: boolean): TableSummary['gaps'] {
  const { view, budget } = check
  const { table, outputs } = view
  if (outputs.otherwise !== undefined || view.domain.some((set) => set.length === 0)) return 'none'
  const severity = table.hitPolicy === 'COLLECT' ? 'info' : 'error'
  // Beyond the outermost constants of a computed column nothing says that there are values at all.
  const inner = view.columns.map(({ column, openEnded }) => (openEnded ? column.inner() : column.full))
  const sure = uncovered(inner, view.may, budget, { disjoint })
  const regions =
    sure.pieces.length > MOST_GATHERED
      ? sure.pieces.slice(0, MOST_FINDINGS + 1)
      : regionsOf(sure.pieces, inner, view.may, MOST_FINDINGS + 1, check.tracing)
  let reported = 0
  for (const region of regions.slice(0, MOST_FINDINGS)) {
    const isGap = reportRegion(
      check,
      region,
      {
        severity,
        code: 'table.gap',
        rules: [],
        message: {
          vi: `bảng "${view.decision}" không có dòng nào cho trường hợp này`,
          en: `no rule of table "${view.decision}" covers this case`,
        },
        hint: {
          vi: 'thêm một dòng cho trường hợp này, hoặc khai báo kết quả mặc định',
          en: 'add a rule for it, or give a default output',
        },
      },
      (hits) => hits.length === 0,
    )
    if (isGap) reported++
  }
  if (regions.length > MOST_FINDINGS) more(check, regions.length >= MOST_FINDINGS)
  const possible = checkPossible(check, inner, sure.pieces)
  if (!sure.complete || !possible) {
    unfinished(check)
    return reported > 0 ? 'found' : 'not proved'
  }
  return reported > 0 ? 'found' : 'none'
}

function more({ view, findings }: TableCheck, known: boolean): void {
  if (!known) return
  findings.push(
    finding({
      severity: 'info',
      code: 'table.gap',
      place: placeOf(view),
      decision: view.decision,
      message: {
        vi: `bảng "${view.decision}" còn nhiều khoảng trống nữa, chỉ nêu ${MOST_FINDINGS} khoảng đầu`,
        en: `table "${view.decision}" has more gaps: the first ${MOST_FINDINGS} are listed`,
      },
    }),
  )
}

/** Gaps that are there only if a cell that cannot be looked into does not hold, or a computed column reaches so far. */
function checkPossible(check: TableCheck, inner: Box, known: readonly Box[]): boolean {
  const { view, budget, findings } = check
  const wide = view.domain
  const opaque = view.must.some((box, i) => box !== view.may[i] && !sameSets(box, view.may[i] as Box))
  const open = wide.some((set, d) => size(set) !== size(inner[d] as IndexSet))
  if (!opaque && !open) return true
  const possible = uncovered(wide, [...view.must, ...known], budget, { most: 1 })
  const [piece] = possible.pieces
  if (piece === undefined) return possible.complete
  const realised = check.realise(piece)
  if (realised.kind === 'impossible') return true
  findings.push(
    finding({
      severity: view.table.hitPolicy === 'COLLECT' ? 'info' : 'warning',
      code: 'table.gap',
      place: placeOf(view),
      decision: view.decision,
      region: regionText(view, piece),
      witness: check.witnessOf(realised),
      proved: false,
      message: {
        vi: `bảng "${view.decision}" có thể bỏ sót trường hợp này: có ô hoặc cột tính từ giá trị khác, không xét trước được`,
        en: `table "${view.decision}" may leave this case out: a cell or column depends on other values and cannot be settled beforehand`,
      },
    }),
  )
  return true
}

const sameSets = (a: Box, b: Box) =>
  a.every((set, d) => set.length === b[d]?.length && set.every((v, i) => v === b[d]?.[i]))

/** Says that the search was cut off, with an estimate from points drawn at random (from a fixed seed). */
function unfinished({ view, findings }: TableCheck): void {
  const stream = new RandomStream('verify', view.decision)
  const { domain, may } = view
  let open = 0
  let drawn = 0
  if (!isEmptyBox(domain)) {
    for (; drawn < SAMPLES; drawn++) {
      const point = domain.map((set) => Math.floor(stream.uniform() * size(set)))
      if (!may.some((box) => box.every((set, d) => has(set, point[d] as number)))) open++
    }
  }
  const share = drawn === 0 ? 0 : (100 * open) / drawn
  findings.push(
    finding({
      severity: 'warning',
      code: 'table.gap',
      place: placeOf(view),
      decision: view.decision,
      value: `${share.toFixed(1)} %`,
      proved: false,
      message: {
        vi: `chưa chứng minh được bảng "${view.decision}" là kín: hết giới hạn tính; trong ${drawn} trường hợp lấy ngẫu nhiên, ${share.toFixed(1)} % không có dòng nào`,
        en: `table "${view.decision}" is not proved complete: the limit of work was reached; of ${drawn} random cases ${share.toFixed(1)} % have no rule`,
      },
      hint: {
        vi: 'cho thêm thời gian: --budget-ms, hoặc tách bảng',
        en: 'allow more time with --budget-ms, or split the table',
      },
    }),
  )
}

/** The part of a box that no stronger box takes, as disjoint pieces; undefined where that was not worked out. */
export function remaining(
  box: Box,
  stronger: readonly Box[],
  budget: TableCheck['budget'],
  most: number,
): readonly Box[] | undefined {
  if (isEmptyBox(box)) return []
  const { pieces, complete } = uncovered(box, stronger, budget, { most })
  return complete || pieces.length >= most ? pieces : undefined
}
