import type { Message, Problem } from '@nhip/canonical/problem'
import { AGE_CELLS, AGE_GROUPS } from './age-groups.ts'
import { marginProblems } from './margins.ts'
import type { SynthSpec } from './spec.ts'

/** The published margins of one province. */
export interface ProvinceTable {
  readonly code: string
  readonly age: Float64Array
  readonly urban: number
  readonly rural: number
  readonly incomeMean: number
  readonly quintiles: readonly number[]
  /** Share of its persons whose mean income of the target year is published, and by what it grew. */
  readonly knownShare: number
  readonly knownGrowth: number
  readonly poverty: number
}

/**
 * Reads the tables a spec names, from their texts. A missing table, cell or province is a problem with its line, and so are margins that
 * cannot all hold.
 */
export function readTables(
  spec: SynthSpec,
  texts: ReadonlyMap<string, string>,
): { provinces: ProvinceTable[]; problems: Problem[] } {
  const problems: Problem[] = []
  const age = rowsOf(spec.tables.age, texts, ['province', 'age', 'male', 'female'], problems)
  const residence = rowsOf(spec.tables.residence, texts, ['province', 'urban', 'rural'], problems)
  const income = rowsOf(spec.tables.income, texts, ['province', 'mean', ...FIFTHS], problems, notRising)
  const poverty = rowsOf(spec.tables.poverty, texts, ['province', 'rate_pct'], problems)
  const codes = [...new Set(age.map((row) => row.province as string))].sort()
  const provinces = codes.flatMap((code): ProvinceTable[] => {
    const one = (rows: Row[], table: string): Row | undefined => {
      const row = rows.find(({ province }) => province === code)
      if (!row)
        problems.push({
          severity: 'error',
          code: 'population.margin-missing',
          file: table,
          value: code,
          message: {
            vi: `bảng "${table}" không có tỉnh "${code}"`,
            en: `the table "${table}" has no province "${code}"`,
          },
        })
      return row
    }
    const lives = one(residence, spec.tables.residence)
    const earns = one(income, spec.tables.income)
    const poor = one(poverty, spec.tables.poverty)
    if (!lives || !earns || !poor) return []
    const cells = new Float64Array(AGE_CELLS)
    for (const row of age) {
      if (row.province !== code) continue
      const group = Math.min(AGE_GROUPS - 1, Math.floor(Number(row.age) / 5))
      cells[group] = (cells[group] as number) + Number(row.male)
      cells[AGE_GROUPS + group] = (cells[AGE_GROUPS + group] as number) + Number(row.female)
    }
    return [
      {
        code,
        age: cells,
        urban: Number(lives.urban),
        rural: Number(lives.rural),
        incomeMean: Number(earns.mean),
        quintiles: FIFTHS.map((name) => Number(earns[name])),
        knownShare: Number(earns.known_share || 0),
        knownGrowth: Number(earns.known_growth || 0),
        poverty: Number(poor.rate_pct) / 100,
      },
    ]
  })
  if (problems.length === 0) problems.push(...marginProblems(spec, provinces))
  return { provinces, problems }
}

const FIFTHS = ['q1', 'q2', 'q3', 'q4', 'q5'] as const
type Row = Record<string, string>
/** What is wrong with a row as a whole, and the cells that show it. */
type RowCheck = (row: Row) => { value: string; message: Message } | undefined

const notRising: RowCheck = (row) => {
  const means = FIFTHS.map((name) => Number(row[name]))
  if (means.every((mean, k) => mean > (means[k - 1] ?? 0))) return undefined
  const value = FIFTHS.map((name) => row[name]).join(', ')
  return {
    value,
    message: {
      vi: `thu nhập bình quân năm nhóm của tỉnh "${row.province}" không dương và tăng dần: ${value}`,
      en: `the means of the fifths of province "${row.province}" are not positive and rising: ${value}`,
    },
  }
}

function rowsOf(
  table: string,
  texts: ReadonlyMap<string, string>,
  wanted: readonly string[],
  problems: Problem[],
  check: RowCheck = () => undefined,
): Row[] {
  const text = texts.get(table)
  if (text === undefined) {
    problems.push({
      severity: 'error',
      code: 'population.table-missing',
      value: table,
      message: { vi: `không có bảng "${table}"`, en: `there is no table "${table}"` },
    })
    return []
  }
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = head.split(',')
  const bad = (line: number, value: string, vi: string, en: string): void => {
    problems.push({
      severity: 'error',
      code: 'population.table-cell',
      file: table,
      line,
      value,
      message: { vi, en },
    })
  }
  for (const name of wanted) {
    if (!names.includes(name)) bad(1, name, `thiếu cột "${name}"`, `column "${name}" is missing`)
  }
  return lines.flatMap((line, i) => {
    if (line === '') return []
    const cells = line.split(',')
    const row: Row = Object.fromEntries(names.map((name, k) => [name, cells[k] ?? '']))
    for (const name of wanted) {
      const value = row[name] ?? ''
      if (name !== 'province' && (value === '' || !(Number(value) >= 0))) {
        bad(
          i + 2,
          value,
          `cột "${name}": "${value}" không phải là số không âm`,
          `column "${name}": "${value}" is no number of 0 or more`,
        )
        return []
      }
    }
    const wrong = check(row)
    if (wrong) bad(i + 2, wrong.value, wrong.message.vi, wrong.message.en)
    return [row]
  })
}
