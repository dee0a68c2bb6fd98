import { DecimalText } from '@nhip/policy/simulate/exact-json'
import { type Cell, filled, type Section, type Table } from './document.ts'
import { digits, percent } from './figures.ts'
import type { StoredResult } from './stored-result.ts'
import type { Words } from './words.ts'

type Line = StoredResult['budget'][number]
type Compared = Pick<Line, 'base' | 'reform' | 'difference'>

/** By code: JSON gives codes that look like whole numbers first, and `01` does not. */
function inOrder<T>(entries: Readonly<Record<string, T>> | readonly T[]): [string, T][] {
  if (Array.isArray(entries)) return Object.entries(entries)
  return Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Money: what each line brings or costs under either law, and where. */
export function budgetSection(result: StoredResult, words: Words): Section {
  const { t, lang, nameOf } = words
  const money = (title: string): Table['columns'][number] => ({ title, kind: 'number', width: 1.3 })
  const laws = [
    money(t('Luật nền', 'Base law')),
    money(t('Cải cách', 'Reform')),
    money(t('Chênh lệch', 'Difference')),
  ]
  const cells = ({ base, reform, difference }: Compared): Cell[] => [base, reform, difference]
  // A line that the reform leaves alone is not divided up: that would be pages of zeros.
  const both = result.certificate.inputs.reform !== null
  const divided = result.budget.filter(({ difference }) => !both || difference.text !== '0')
  const by = (title: string, key: string, label: (key: string) => string) =>
    divided.flatMap((line) => {
      const found = line.by[key]
      if (found === undefined) return []
      const rows = inOrder(found).map(([name, compared]) => [label(name), ...cells(compared as Compared)])
      return [
        {
          title: `${nameOf(line.variable)} ${title}`,
          table: { columns: [{ title: '', kind: 'words' as const }, ...laws], rows },
        },
      ]
    })
  return {
    title: t('Thu chi', 'Money'),
    notes: [
      t(
        `Đồng mỗi kỳ ${result.period}, tính cho toàn dân số mà mẫu đại diện.`,
        `In đồng for the period ${result.period}, for all the people the sample stands for.`,
      ),
    ],
    bars: {
      title: t('Chênh lệch khi theo cải cách', 'Difference under the reform'),
      bars: result.budget.map((line: Line) => ({
        label: nameOf(line.variable),
        value: Number(line.difference.text),
        shown: digits(line.difference, lang),
      })),
    },
    tables: [
      {
        title: t('Từng khoản', 'Each line'),
        table: {
          columns: [
            { title: t('Khoản', 'Line'), kind: 'words', width: 2 },
            { title: t('Loại', 'Kind'), kind: 'words', width: 0.6 },
            ...laws,
          ],
          rows: result.budget.map((line) => [
            nameOf(line.variable),
            line.sign === 'expenditure' ? t('chi', 'spending') : t('thu', 'revenue'),
            ...cells(line as Compared),
          ]),
        },
      },
      ...by(t('theo nhóm thu nhập', 'by tenth'), 'decile', (n) => String(Number(n) + 1)),
      ...by(t('theo khu vực', 'by area'), 'area', words.codeOf),
      ...by(t('theo tỉnh', 'by province'), 'province', words.provinceOf),
    ],
  }
}

/** Who gains and who loses. */
export function moversSection(result: StoredResult, words: Words): Section {
  const { t, lang, provinceOf, codeOf } = words
  const { persons, households, by_decile, by } = result.winners
  const counts = [t('Được', 'Gain'), t('Mất', 'Lose'), t('Không đổi', 'Same')].map((title) => ({
    title,
    kind: 'number' as const,
  }))
  const row = ({ gain, lose, same }: typeof persons): Cell[] => [gain, lose, same]
  const places = (key: string, label: (code: string) => string): Cell[][] =>
    inOrder(by[key] ?? {}).map(([code, one]) => [label(code), ...row(one)])
  return {
    title: t('Được và mất', 'Winners and losers'),
    notes: [
      t(
        `Được hay mất là khi thu nhập của hộ đổi ít nhất ${digits(result.threshold.amount, 'vi')} đồng và ${digits(result.threshold.percent, 'vi')} %.`,
        `A household gains or loses when its income changes by at least ${digits(result.threshold.amount, 'en')} đồng and ${digits(result.threshold.percent, 'en')} %.`,
      ),
    ],
    bars: {
      title: t(
        'Thay đổi bình quân mỗi hộ theo nhóm thu nhập',
        'Mean change of a household by tenth of income',
      ),
      bars: by_decile.map(({ decile, mean_change }) => ({
        label: t(`Nhóm ${decile.text}`, `Tenth ${decile.text}`),
        value: Number(mean_change.text),
        shown: digits(new DecimalText(Number(mean_change.text).toFixed(0)), lang),
      })),
    },
    tables: filled([
      {
        title: t('Người và hộ', 'Persons and households'),
        table: {
          columns: [{ title: '', kind: 'words' }, ...counts],
          rows: [
            [t('Người', 'Persons'), ...row(persons)],
            [t('Hộ', 'Households'), ...row(households)],
          ],
        },
      },
      {
        title: t(
          'Hộ theo mười nhóm thu nhập (nhóm 1 thấp nhất)',
          'Households by tenth of income (1 the lowest)',
        ),
        table: {
          columns: [
            { title: t('Nhóm', 'Tenth'), kind: 'number', width: 0.5 },
            ...counts,
            { title: t('Bình quân thay đổi', 'Mean change'), kind: 'number' },
          ],
          rows: by_decile.map((one) => [one.decile, one.gain, one.lose, one.same, one.mean_change]),
        },
      },
      ...(['area', 'province'] as const).map((key) => ({
        title:
          key === 'area'
            ? t('Người theo khu vực', 'Persons by area')
            : t('Người theo tỉnh', 'Persons by province'),
        table: {
          columns: [{ title: '', kind: 'words' as const }, ...counts],
          rows: places(key, key === 'area' ? codeOf : provinceOf),
        },
      })),
    ]),
  }
}

/** Gini, poverty and the variables by which incomes change. */
export function inequalitySection(result: StoredResult, words: Words): Section {
  const { t, lang, pathOf } = words
  const { gini, poverty } = result.inequality
  return {
    title: t('Bất bình đẳng và nghèo', 'Inequality and poverty'),
    notes: [],
    tables: [
      {
        title: t('Chỉ số', 'Measures'),
        table: {
          columns: [
            { title: '', kind: 'words', width: 2 },
            { title: t('Luật nền', 'Base law'), kind: 'number' },
            { title: t('Cải cách', 'Reform'), kind: 'number' },
          ],
          rows: [
            [
              t('Hệ số Gini của thu nhập bình quân đầu người', 'Gini coefficient of income per head'),
              gini.base,
              gini.reform,
            ],
            ...poverty.flatMap(({ line, base, reform }): Cell[][] => [
              [`${line}: ${t('mức chuẩn, đồng', 'line, đồng')}`, base.amount, reform.amount],
              [`${line}: ${t('số người', 'persons')}`, base.persons, reform.persons],
              [`${line}: FGT0`, percent(base.fgt0, lang), percent(reform.fgt0, lang)],
              [`${line}: FGT1`, percent(base.fgt1, lang), percent(reform.fgt1, lang)],
              [`${line}: FGT2`, percent(base.fgt2, lang), percent(reform.fgt2, lang)],
            ]),
          ],
        },
      },
      ...(result.paths.length === 0
        ? []
        : [
            {
              title: t('Thu nhập đổi qua những khoản nào', 'By which variables incomes change'),
              table: {
                columns: [
                  { title: t('Các khoản', 'Variables'), kind: 'words' as const, width: 3 },
                  { title: t('Dòng hộ', 'Rows of households'), kind: 'number' as const },
                  { title: t('Người', 'Persons'), kind: 'number' as const },
                  { title: t('Tiền', 'Money'), kind: 'number' as const, width: 1.4 },
                ],
                rows: result.paths.map(({ path, households, persons, money }): Cell[] => [
                  pathOf(path),
                  households,
                  persons,
                  money,
                ]),
              },
            },
          ]),
    ],
  }
}

/** How much the draw of a synthetic population matters. */
export function spreadSection(result: StoredResult, words: Words): Section | undefined {
  const { t, nameOf } = words
  if (result.spread === null) return undefined
  const seeds = result.spread[0]?.seeds.map(({ text }) => text).join(', ') ?? ''
  return {
    title: t('Khoảng theo hạt giống', 'Spread over seeds'),
    notes: [
      t(
        `Nhỏ nhất và lớn nhất trên các dân số có hạt giống ${seeds}. Đây không phải khoảng tin cậy: nó không nói đặc tả dân số có đúng hay không.`,
        `The least and greatest over populations of the seeds ${seeds}. This is no confidence interval: it does not say whether the specification is true.`,
      ),
    ],
    tables: [
      {
        title: t('Khoảng', 'Spread'),
        table: {
          columns: [
            { title: '', kind: 'words', width: 1.6 },
            ...[t('Nền', 'Base'), t('Cải cách', 'Reform'), t('Chênh lệch', 'Difference')].flatMap((law) =>
              [t('nhỏ nhất', 'least'), t('lớn nhất', 'greatest')].map((end) => ({
                title: `${law}, ${end}`,
                kind: 'number' as const,
                width: 1.2,
              })),
            ),
          ],
          rows: result.spread.map(({ variable, min, max }) => [
            words.spreadOf(variable) ?? nameOf(variable),
            min.base,
            max.base,
            min.reform,
            max.reform,
            min.difference,
            max.difference,
          ]),
        },
      },
    ],
  }
}
