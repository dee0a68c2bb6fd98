import { canonicalJson } from '@nhip/canonical/canonical-json'
import type { Problem } from '@nhip/canonical/problem'
import { LineHash } from './hash.ts'
import { segmentDamaged } from './lake.ts'
import { readManifest, type Segment } from './manifest.ts'
import type { SegmentInfo } from './observations.ts'
import { inspect } from './seal.ts'
import type { State } from './state.ts'
import { filesAsText } from './text-rows.ts'

/** Reads every segment and compares bytes and rows with what was recorded when it was sealed. */
export async function verifySegments(
  state: State,
): Promise<{ ok: boolean; problems: Problem[]; segments: SegmentInfo[] }> {
  const { lake, db } = state
  const problems: Problem[] = []
  const bad = new Set<string>()
  const report = (file: string, rule: { vi: string; en: string }) => {
    bad.add(file)
    problems.push((segmentDamaged({ file, rule }) as Error & { problem: Problem }).problem)
  }
  for (const wrong of await lake.check(true)) report(wrong.file, wrong.rule)
  let expected = 1
  for (const segment of lake.segments) {
    const path = lake.path(segment.file)
    if (segment.seqMin !== expected)
      report(path, {
        vi: `bắt đầu ở số thứ tự ${segment.seqMin}, đáng lẽ ${expected}`,
        en: `it begins at seq ${segment.seqMin}, expected ${expected}`,
      })
    expected = segment.seqMax + 1
    if (bad.has(path)) continue
    const rule = await compareRows(state, segment, path)
    if (rule) report(path, rule)
  }
  // Rows that are still in the database as well must be the very rows that were sealed.
  for (const segment of lake.segments.filter((s) => s.seqMin > lake.coldSeq)) {
    const hash = new LineHash()
    await hash.addRows(
      db.derive,
      lake.hotAsText(segment.seqMin, segment.seqMax),
      segment.seqMin,
      segment.seqMax,
    )
    if (hash.digest() !== segment.contentHash)
      report(lake.path(segment.file), {
        vi: 'các dòng trong cơ sở dữ liệu khác với các dòng đã niêm phong',
        en: 'the rows in the database are not the rows that were sealed',
      })
  }
  // The list beside the lake is read only when the database is gone, so nothing else would find it changed.
  const listed = (await readManifest(lake.fs, lake.folder)) ?? []
  if (canonicalJson(listed) !== canonicalJson(lake.segments))
    report(lake.path('manifest'), {
      vi: 'khác với bảng phân đoạn trong cơ sở dữ liệu',
      en: 'it is not what the table of segments in the database says',
    })
  return { ok: problems.length === 0, problems, segments: lake.segments }
}

async function compareRows(
  state: State,
  segment: Segment,
  path: string,
): Promise<{ vi: string; en: string } | undefined> {
  const read = await inspect(state.db.derive, path)
  if (read.rows !== segment.rows || read.seqMin !== segment.seqMin || read.seqMax !== segment.seqMax)
    return {
      vi: `có ${read.rows} dòng, bản kê ghi ${segment.rows}`,
      en: `it has ${read.rows} rows, the record says ${segment.rows}`,
    }
  const hash = new LineHash()
  await hash.addRows(state.db.derive, filesAsText([path]), segment.seqMin, segment.seqMax)
  if (hash.digest() !== segment.contentHash)
    return { vi: 'nội dung khác với bản kê', en: 'its content is not what was recorded' }
  return undefined
}
