import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { keyChecks } from './time-zones.check.ts'

// The checks run in processes of their own, because a running process does not notice a change of TZ.
const script = fileURLToPath(new URL('./time-zones.check.ts', import.meta.url))

describe('answers do not depend on the time zone of the machine', () => {
  const here = JSON.stringify(keyChecks())

  it.each([
    ['UTC', '0'],
    ['Asia/Ho_Chi_Minh', '-420'],
    ['America/St_Johns', '210'],
  ])('TZ=%s', (TZ, behind) => {
    const out = execFileSync(process.execPath, ['--conditions=nhip-source', '--import', 'tsx', script], {
      env: { ...process.env, TZ, NHIP_PRINT_KEY_CHECKS: '1' },
      encoding: 'utf8',
    })
    const [offset, answers] = out.trim().split('\n')
    expect(offset).toBe(behind)
    expect(answers).toBe(here)
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
