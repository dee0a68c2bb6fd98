import { canonicalJson } from '@nhip/canonical/canonical-json'
import { contentHash } from '@nhip/canonical/content-hash'
import { ENGINE, type Scores } from '../compute/compute.ts'
import { roundHalfUp } from '../compute/round.ts'
import type { DataRow } from '../data/measure-data.ts'
import type { Framework } from '../framework/framework.ts'

export type EditionKind = 'provisional' | 'final' | 'correction' | 'imported'

/** What an edition rests on. Nothing in it depends on when, where or by whom it was made. */
export interface Edition {
  framework: { code: string; version: string; status: string; sha256: string }
  /** Counts the editions of one framework and period; a correction is the next number, never a change. */
  number: number
  kind: EditionKind
  /** What sources had said by this day went in; null = everything. */
  asPublished: string | null
  /** Day of the map of units; null = as the data name them. */
  mapDate: string | null
  engine: string
  /** SHA-256 of the framework file, of the rows that went in, and of the results. */
  frameworkHash: string
  inputsHash: string
  resultsHash: string
  /** SHA-256 of the edition that this one corrects. */
  supersedes: string | null
  reason: string | null
}

/** One unit's published result. */
export interface EditionUnit {
  unit: string
  group: string | null
  score: number | null
  rank: number | null
  of: number
  state: string
  /** By node: the published value; of a leaf also the input it came from. */
  nodes: Record<string, { value: number | null; raw?: number | null; state: string }>
}

export interface EditionPeriod {
  period: string | null
  units: EditionUnit[]
}

/** What edition.json holds, in canonical JSON (RFC 8785). */
export interface EditionDocument {
  edition: Edition
  /** The tree, so that a difference can be followed from a total to its inputs. */
  nodes: { code: string; parent: string | null }[]
  results: EditionPeriod[]
}

export interface EditionOptions {
  asPublished?: string | null
  mapDate?: string | null
  number?: number
  kind?: EditionKind
  supersedes?: string | null
  reason?: string | null
}

/** Rows of an edition in the one order: unit, item, period, breakdown, by code point. */
export function sortedInputs(rows: readonly DataRow[]): InputRow[] {
  return rows
    .map(({ line: _line, column: _column, ...row }) => row)
    .sort(
      (a, b) =>
        compare(a.unit, b.unit) ||
        compare(a.item, b.item) ||
        compare(a.period ?? '', b.period ?? '') ||
        compare(a.breakdown ?? '', b.breakdown ?? ''),
    )
}

/** A row without its place in a file. */
export type InputRow = Omit<DataRow, 'line' | 'column'>

/**
 * Freezes results: the document, its bytes and their SHA-256, equal on every computer for equal inputs. Values are rounded to the
 * framework's decimals, and to 12 significant digits where it states none, so that the last bits of a double decide nothing.
 *
 * @param rows what went in, one vintage a fact (see `asPublished`)
 */
export function freezeEdition(
  framework: Framework,
  rows: readonly DataRow[],
  scores: readonly Scores[],
  options: EditionOptions = {},
): { document: EditionDocument; json: string; sha256: string } {
  const { decimals } = framework.output
  const published = (x: number | null): number | null =>
    x === null ? null : decimals === null ? significant(x) : roundHalfUp(x, decimals)
  const leaves = new Set(framework.leaves.map((at) => framework.nodes[at]!.code))
  const results = scores.map(
    ({ period, units }): EditionPeriod => ({
      period,
      units: units
        .map(
          (unit): EditionUnit => ({
            unit: unit.unit,
            group: unit.group,
            score:
              unit.published === null
                ? null
                : decimals === null
                  ? significant(unit.published)
                  : unit.published,
            rank: unit.rank,
            of: unit.of,
            state: unit.state,
            nodes: Object.fromEntries(
              Object.entries(unit.nodes).map(([code, node]) => [
                code,
                {
                  value: published(node.value),
                  ...(leaves.has(code) ? { raw: node.raw === null ? null : significant(node.raw) } : {}),
                  state: node.state,
                },
              ]),
            ),
          }),
        )
        .sort((a, b) => compare(a.unit, b.unit)),
    }),
  )
  const { code, version, status, sha256 } = framework
  const document: EditionDocument = {
    edition: {
      framework: { code, version, status, sha256 },
      number: options.number ?? 1,
      kind: options.kind ?? 'provisional',
      asPublished: options.asPublished ?? null,
      mapDate: options.mapDate ?? null,
      engine: ENGINE,
      frameworkHash: sha256,
      inputsHash: contentHash(sortedInputs(rows)),
      resultsHash: contentHash(results),
      supersedes: options.supersedes ?? null,
      reason: options.reason ?? null,
    },
    nodes: framework.nodes.map((node) => ({
      code: node.code,
      parent: node.parent < 0 ? null : framework.nodes[node.parent]!.code,
    })),
    results,
  }
  return { document, json: canonicalJson(document), sha256: contentHash(document) }
}

/** 12 significant digits: more than any source has, fewer than rounding errors reach. */
function significant(x: number): number {
  return Number(x.toPrecision(12))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
