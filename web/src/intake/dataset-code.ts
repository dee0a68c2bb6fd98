import { fold } from '@nhip/territory/name-key'

/** The code of a dataset from its name: `Quan trắc nước 2026` → `quan-trac-nuoc-2026`; empty when nothing is left. */
export function datasetCode(name: string): string {
  return fold(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
}
