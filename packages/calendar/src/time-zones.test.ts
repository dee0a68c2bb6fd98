import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { keyChecks } from './time-zones.check.ts'

const script = fileURLToPath(new URL('./time-zones.check.ts', import.meta.url))

describe('answers do not depend on the time zone of the machine', () => {
  it('under UTC, Asia/Ho_Chi_Minh and America/St_Johns', { timeout: 60_000 }, async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=nhip-source', '--import', 'tsx', script],
      { env: { ...process.env, NHIP_CHECK_ZONES: 'UTC Asia/Ho_Chi_Minh America/St_Johns' } },
    )
    const answers = keyChecks()
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { zone: 'UTC', behind: 0, answers },
      { zone: 'Asia/Ho_Chi_Minh', behind: -420, answers },
      { zone: 'America/St_Johns', behind: 210, answers },
    ])
  })

  it('and are these', () => {
    expect(keyChecks()).toMatchObject({
      day: '2026-07-01',
      excel: '2025-07-01',
      tet: '2026-02-17',
      due: '2026-11-26T00:00:00+07:00',
      instant: '2025-07-01T08:30:00+07:00',
    })
  })
})
