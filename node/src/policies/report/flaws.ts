import { type Cell, filled, type Section, type Table } from './document.ts'
import { digits } from './figures.ts'
import type { StoredResult } from './stored-result.ts'
import type { Words } from './words.ts'

type Rates = NonNullable<NonNullable<StoredResult['emtr']>['base']>
type Cliff = Rates['witnesses'][number]

/** Marginal rates of every earner, and cliffs with the smallest household that shows each. */
export function ratesSection(result: StoredResult, words: Words): Section | undefined {
  const { t, lang, nameOf } = words
  if (result.emtr === null) return undefined
  const { base, reform } = result.emtr
  const laws: [string, Rates][] = [
    [t('Luật nền', 'Base law'), base],
    ...(reform ? [[t('Cải cách', 'Reform'), reform] as [string, Rates]] : []),
  ]
  const step = ({ from, to }: Rates['histogram'][number]): string =>
    from === null
      ? t('dưới 0 %', 'below 0 %')
      : to === null
        ? t('trên 100 %', 'above 100 %')
        : `${from.text} – ${to.text} %`
  return {
    title: t('Thuế suất biên', 'Marginal rates'),
    notes: [
      t(
        `Mỗi người có "${nameOf(base.variable)}" được tính lại khi có thêm ${digits(base.delta, 'vi')} đồng; thuế suất biên là phần không còn lại trong "${nameOf(base.target)}".`,
        `Everybody with "${nameOf(base.variable)}" is worked out again with ${digits(base.delta, 'en')} đồng more; the marginal rate is what does not stay in "${nameOf(base.target)}".`,
      ),
      ...laws.map(([law, rates]) =>
        t(
          `${law}: cao nhất ${rates.max === null ? '–' : `${digits(rates.max, 'vi')} %`}; trên 100 %: ${digits(rates.above100, 'vi')} trong ${digits(rates.persons, 'vi')} người.`,
          `${law}: highest ${rates.max === null ? '–' : `${digits(rates.max, 'en')} %`}; above 100 %: ${digits(rates.above100, 'en')} of ${digits(rates.persons, 'en')} persons.`,
        ),
      ),
    ],
    bars: {
      title: t('Số người theo thuế suất biên (cải cách)', 'Persons by marginal rate (reform)'),
      bars: (reform ?? base).histogram.map((bin) => ({
        label: step(bin),
        value: Number(bin.persons.text),
        shown: digits(bin.persons, lang),
      })),
    },
    tables: filled([
      {
        title: t('Người theo thuế suất biên', 'Persons by marginal rate'),
        table: {
          columns: [
            { title: t('Thuế suất biên', 'Marginal rate'), kind: 'words' },
            ...laws.map(([title]) => ({ title, kind: 'number' as const })),
          ],
          rows: base.histogram.map((bin, i) => [
            step(bin),
            ...laws.map(([, rates]) => rates.histogram[i]?.persons ?? null),
          ]),
        },
      },
      ...laws.map(([law, rates]) => ({
        title: t(`Vách thu nhập: ${law}`, `Cliffs: ${law}`),
        table: cliffTable(rates.witnesses, words),
      })),
    ]),
  }
}

/** Where somebody who earns more ends up with less. */
function cliffTable(cliffs: readonly Cliff[], { t, pathOf }: Words): Table {
  return {
    columns: [
      { title: t('Do khoản', 'By'), kind: 'words', width: 1.6 },
      { title: t('Người', 'Persons'), kind: 'number' },
      { title: t('Mất, đồng', 'Lost, đồng'), kind: 'number', width: 1.2 },
      { title: t('Ngưỡng thấp nhất', 'Lowest threshold'), kind: 'number', width: 1.2 },
      { title: t('Ngưỡng cao nhất', 'Highest threshold'), kind: 'number', width: 1.2 },
      { title: t('Hộ ví dụ', 'Household shown'), kind: 'words', width: 1.3 },
      { title: t('Tại ngưỡng', 'At the threshold'), kind: 'number', width: 1.2 },
      { title: t('Thêm 1 đồng', 'With one more'), kind: 'number', width: 1.2 },
    ],
    rows: cliffs.map(({ path, persons, money, lowest_threshold, highest_threshold, witness }): Cell[] => [
      pathOf(path),
      persons,
      money,
      lowest_threshold,
      highest_threshold,
      `${witness.household.text}, ${witness.person}`,
      witness.before,
      witness.after,
    ]),
  }
}

/** What else was looked for in the law: invariants, what nobody needs, unequal treatment. */
export function flawsSection(result: StoredResult, words: Words): Section | undefined {
  const { t, nameOf } = words
  const how: Readonly<Record<string, string>> = {
    'never-read': t('không công thức nào đọc', 'read by no formula'),
    'never-decisive': t('không làm ai thay đổi', 'changes nobody'),
    nobody: t('không ai được', 'nobody has it'),
    everybody: t('ai cũng được', 'everybody has it'),
  }
  const kinds: Readonly<Record<string, string>> = {
    parameter: t('tham số', 'parameter'),
    rule: t('dòng bảng quyết định', 'rule of a table'),
    budget: t('khoản', 'line'),
  }
  const tables: Section['tables'] = [
    {
      title: t('Bất biến', 'Invariants'),
      table: {
        columns: [
          { title: t('Điều phải đúng', 'What must hold'), kind: 'words', width: 2 },
          { title: t('Kết luận', 'Verdict'), kind: 'words' },
          { title: t('Người bị vi phạm', 'Persons for whom it is broken'), kind: 'number' },
        ],
        rows: result.invariants.map(({ id, ok, persons }) => [
          id,
          ok ? t('giữ được', 'holds') : t('bị vi phạm', 'broken'),
          persons,
        ]),
      },
    },
    {
      title: t('Tham số và dòng không có tác dụng', 'Parameters and rules without effect'),
      table: {
        columns: [
          { title: t('Loại', 'Kind'), kind: 'words', width: 0.8 },
          { title: t('Tên', 'Name'), kind: 'words', width: 2 },
          { title: t('Vì sao', 'Why'), kind: 'words', width: 1.2 },
        ],
        rows: result.dead.map((one) => [
          kinds[one.kind] ?? one.kind,
          nameOf(one.name),
          how[one.how] ?? one.how,
        ]),
      },
    },
    {
      title: t('Giống nhau mà kết quả khác nhau', 'Alike and yet treated differently'),
      table: {
        columns: [
          { title: t('Khoản', 'Line'), kind: 'words', width: 2 },
          { title: t('Nhóm', 'Groups'), kind: 'number' },
          { title: t('Dòng', 'Rows'), kind: 'number' },
        ],
        rows: result.equal_treatment.map(({ output, groups, persons }) => [nameOf(output), groups, persons]),
      },
    },
    {
      title: t('Thu nhập đổi khi đặc điểm này đổi', 'Income changes with this attribute'),
      table: {
        columns: [
          { title: t('Đặc điểm', 'Attribute'), kind: 'words', width: 2 },
          { title: t('Dòng hộ', 'Rows of households'), kind: 'number' },
          { title: t('Người', 'Persons'), kind: 'number' },
        ],
        rows: result.flips.map(({ column, households, persons }) => [nameOf(column), households, persons]),
      },
    },
  ]
  const told = filled(tables)
  return told.length === 0 ? undefined : { title: t('Khiếm khuyết', 'Flaws'), notes: [], tables: told }
}

/** Each number of the law moved by one step, the strongest first. */
export function sensitivitySection(result: StoredResult, words: Words): Section | undefined {
  const { t, nameOf } = words
  if (result.sensitivity.length === 0) return undefined
  const lines = result.budget.map(({ variable }) => variable)
  return {
    title: t('Độ nhạy', 'Sensitivity'),
    notes: [
      t(
        'Mỗi con số của luật được tăng một bước, mọi thứ khác giữ nguyên; đồng mỗi kỳ trên toàn dân số.',
        'Each number of the law is raised by one step, all else unchanged; đồng a period over all people.',
      ),
    ],
    tables: [
      {
        title: t('Khi tăng một bước', 'One step up'),
        table: {
          columns: [
            { title: t('Tham số', 'Parameter'), kind: 'words', width: 1.8 },
            { title: t('Bước', 'Step'), kind: 'words', width: 0.6 },
            { title: t('Thu nhập mọi hộ', 'Income of all households'), kind: 'number' },
            { title: t('Người đổi thu nhập', 'Persons concerned'), kind: 'number' },
            ...lines.map((name) => ({ title: nameOf(name), kind: 'number' as const })),
          ],
          rows: result.sensitivity.map(({ parameter, step, up }) => [
            parameter,
            step,
            up?.income ?? null,
            up?.persons ?? null,
            ...lines.map((name) => up?.budget[name] ?? null),
          ]),
        },
      },
    ],
  }
}

/** Days on which the law changes, and what each change brings. */
export function datesSection(result: StoredResult, words: Words): Section | undefined {
  const { t, nameOf } = words
  if (result.dates.length === 0) return undefined
  const lines = result.budget.map(({ variable }) => variable)
  return {
    title: t('Mốc ngày', 'Dates'),
    notes: [
      t(
        'Chênh lệch giữa kỳ sau và kỳ trước mốc; ô trống là khi luật của một phía chưa có giá trị.',
        'The difference between the period after and before; empty where the law of one side has no value.',
      ),
      ...(result.births
        ? [
            t(
              `Sinh sớm một ngày: ${digits(result.births.day_earlier, 'vi')} dòng hộ có thu nhập khác; muộn một ngày: ${digits(result.births.day_later, 'vi')}; sinh ngày 29 tháng 2: ${digits(result.births.on_29_february, 'vi')} dòng người.`,
              `Born a day earlier: ${digits(result.births.day_earlier, 'en')} rows of households have another income; a day later: ${digits(result.births.day_later, 'en')}; born on 29 February: ${digits(result.births.on_29_february, 'en')} rows of persons.`,
            ),
          ]
        : []),
    ],
    tables: [
      {
        title: t('Thay đổi theo mốc', 'Change by date'),
        table: {
          columns: [
            { title: t('Mốc', 'Date'), kind: 'words', width: 0.8 },
            { title: t('Kỳ trước', 'Before'), kind: 'words', width: 0.7 },
            { title: t('Kỳ sau', 'After'), kind: 'words', width: 0.7 },
            ...lines.map((name) => ({ title: nameOf(name), kind: 'number' as const })),
          ],
          rows: result.dates.map(({ date, before, after, budget }) => [
            date,
            before,
            after,
            ...lines.map((name) => budget[name]?.difference ?? null),
          ]),
        },
      },
    ],
  }
}
