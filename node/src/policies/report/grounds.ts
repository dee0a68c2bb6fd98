import { type Cell, filled, type Section } from './document.ts'
import { digits } from './figures.ts'
import type { StoredResult } from './stored-result.ts'
import type { Words } from './words.ts'

/** What was asked, of whom, under which law. */
export function summarySection(result: StoredResult, words: Words): Section {
  const { t, lang } = words
  const { inputs, times } = result.certificate
  const law = (names: readonly string[]): string =>
    names.length === 0
      ? t('gói như đang có', 'the bundle as it stands')
      : names.map(words.reformOf).join(' + ')
  const reform = inputs.reform?.map(({ id }) => id) ?? null
  const rows: [string, string | undefined][] = [
    [
      t('Chính sách', 'Policy'),
      `${result.bundle.title[lang]} (${result.bundle.id}, ${result.bundle.version})`,
    ],
    [t('Kỳ tính', 'Period'), result.period],
    [t('Luật biết đến ngày', 'Law as known on'), inputs.options.as_known ?? undefined],
    [t('Luật nền', 'Base law'), law(result.base)],
    [t('Cải cách', 'Reform'), reform === null ? t('không có', 'none') : law(reform)],
    [
      t('Dân số', 'Population'),
      `${result.population.title[lang]}${result.synthetic ? ` (${t('tổng hợp, không có người thật', 'synthetic, nobody in it exists')})` : ''}`,
    ],
    [t('Ngày tham chiếu', 'Reference date'), result.population.reference_date],
    [
      t('Đại diện cho', 'Stands for'),
      t(
        `${digits(result.persons, 'vi')} người, ${digits(result.households, 'vi')} hộ`,
        `${digits(result.persons, 'en')} persons, ${digits(result.households, 'en')} households`,
      ),
    ],
    [
      t('Số dòng đã tính', 'Rows worked out'),
      t(
        `${digits(result.rows.persons, 'vi')} người, ${digits(result.rows.households, 'vi')} hộ`,
        `${digits(result.rows.persons, 'en')} persons, ${digits(result.rows.households, 'en')} households`,
      ),
    ],
    [
      t('Hạt giống', 'Seeds'),
      inputs.population.flatMap((one) => ('seed' in one ? [one.seed] : [])).join(', ') || undefined,
    ],
    [
      t('Phân tích thêm', 'Further analyses'),
      inputs.options.analyses.map(words.analysisOf).join(', ') || t('không', 'none'),
    ],
    [t('Chứng nhận', 'Certificate'), result.certificate.sha256],
    [t('Tính lúc', 'Computed at'), times.started],
  ]
  return {
    title: t('Tóm tắt', 'Summary'),
    notes: [],
    tables: [
      {
        title: t('Lần mô phỏng này', 'This simulation'),
        table: {
          columns: [
            { title: t('Mục', 'What'), kind: 'words', width: 0.5 },
            { title: t('Nội dung', 'Value'), kind: 'words', width: 1.5 },
          ],
          rows: rows.flatMap(([name, value]): Cell[][] => (value === undefined ? [] : [[name, value]])),
        },
      },
    ],
  }
}

/** The texts of law, and what the reform changes in them. */
export function lawSection({ law }: StoredResult, { t, lang }: Words): Section | undefined {
  if (law === undefined) return undefined
  return {
    title: t('Căn cứ pháp lý', 'Legal references'),
    notes: [],
    tables: filled([
      {
        title: t('Văn bản', 'Texts'),
        table: {
          columns: [
            { title: t('Tên', 'Title'), kind: 'words' as const, width: 2 },
            { title: t('Số hiệu', 'Number'), kind: 'words' as const },
            { title: t('Ban hành', 'Enacted'), kind: 'words' as const, width: 0.7 },
          ],
          rows: law.sources.map(({ title, number, enacted }): Cell[] => [title[lang], number, enacted]),
        },
      },
      {
        title: t('Những gì thay đổi giữa hai luật', 'What differs between the two laws'),
        table: {
          columns: [
            { title: t('Chỗ', 'Place'), kind: 'words' as const, width: 1.4 },
            { title: t('Từ ngày', 'From'), kind: 'words' as const, width: 0.7 },
            { title: t('Trước', 'Before'), kind: 'words' as const, width: 1.2 },
            { title: t('Sau', 'After'), kind: 'words' as const, width: 1.2 },
            { title: t('Điều khoản', 'Article'), kind: 'words' as const, width: 1.4 },
          ],
          rows: law.changes.map(({ path, title, from, before, after, reference }): Cell[] => [
            title ? `${title[lang]} (${path})` : path,
            from,
            before,
            after,
            reference && `${reference.number ?? reference.title[lang]}, ${reference.article}`,
          ]),
        },
      },
    ]),
  }
}

/** What the numbers rest on, and what could not be known. */
export function assumptionsSection(result: StoredResult, { t, lang, nameOf }: Words): Section {
  const assumptions = result.assumptions as readonly { readonly vi: string; readonly en: string }[]
  const rows: [string, readonly string[]][] = [
    [
      t('Giả định của dân số tổng hợp', 'Assumption of the synthetic population'),
      assumptions.map((one) => one[lang]),
    ],
    [
      t('Dân số không có, lấy giá trị mặc định', 'Not in the population, default taken'),
      result.defaulted.map(nameOf),
    ],
    [
      t('Tham số chưa kiểm chứng với văn bản gốc', 'Parameter not verified against the text'),
      result.unverified,
    ],
  ]
  return {
    title: t('Giả định', 'Assumptions'),
    notes:
      result.unknown.text === '0'
        ? []
        : [
            t(
              `${digits(result.unknown, 'vi')} giá trị không tính được đã được coi là 0.`,
              `${digits(result.unknown, 'en')} values could not be worked out and were counted as 0.`,
            ),
          ],
    tables: [
      {
        title: t('Kết quả dựa trên', 'The results rest on'),
        table: {
          columns: [
            { title: t('Loại', 'Kind'), kind: 'words', width: 0.8 },
            { title: t('Nội dung', 'What'), kind: 'words', width: 2.2 },
          ],
          rows: rows.flatMap(([kind, list]) => list.map((text): Cell[] => [kind, text])),
        },
      },
    ],
  }
}

/** How anybody repeats the simulation: everything it depends on, by hash. */
export function certificateSection({ certificate }: StoredResult, { t }: Words): Section {
  const { engine, inputs, inputs_sha256, result_sha256, sha256 } = certificate
  const rows: Cell[][] = [
    [t('Chứng nhận', 'Certificate'), sha256],
    [t('Bộ máy tính', 'Engine'), engine],
    [t('Đầu vào', 'Inputs'), inputs_sha256],
    ...result_sha256.map((hash, i): Cell[] => [
      t(`Kết quả, dân số ${i + 1}`, `Result, population ${i + 1}`),
      hash,
    ]),
    ...(inputs.reform ?? []).map(({ id, sha256: hash }): Cell[] => [
      `${t('Cải cách', 'Reform')} ${id}`,
      hash,
    ]),
    ...Object.entries(inputs.bundle).map(([path, hash]): Cell[] => [path, hash]),
  ]
  return {
    title: t('Chứng nhận', 'Certificate'),
    notes: [
      t(
        'Ai có gói chính sách và chứng nhận này đều tính lại được đúng từng chữ số (nhip policy simulate --replay).',
        'Whoever has the bundle and this certificate can work out every digit again (nhip policy simulate --replay).',
      ),
    ],
    tables: [
      {
        title: 'SHA-256',
        table: {
          columns: [
            { title: t('Của', 'Of'), kind: 'words', width: 1 },
            { title: t('Dấu băm', 'Hash'), kind: 'words', width: 1.4 },
          ],
          rows,
        },
      },
    ],
  }
}
