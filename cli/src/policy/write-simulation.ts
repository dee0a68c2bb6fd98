import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '@nhip/policy/certificate'
import { writeChangedHouseholds } from '@nhip/policy/population/parquet'
import type { Population } from '@nhip/policy/population/population'
import { exactJson } from '@nhip/policy/simulate/exact-json'

/** Writes `report.json`, `certificate.json` and, where two laws were compared, `changed-households.parquet`. */
export async function writeSimulation(
  dir: string,
  report: unknown,
  certificate: Certificate,
  incomes: { population: Population; base: Float64Array; reform: Float64Array } | undefined,
): Promise<void> {
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'report.json'), `${exactJson(report)}\n`)
  await writeFile(join(dir, 'certificate.json'), `${JSON.stringify(certificate, null, 2)}\n`)
  if (incomes && incomes.base !== incomes.reform)
    await writeChangedHouseholds(
      incomes.population,
      incomes.base,
      incomes.reform,
      join(dir, 'changed-households.parquet'),
    )
}
