import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  atMinuteOfDay,
  civilDay,
  civilHour,
  epochMicroseconds,
  epochMilliseconds,
  formatInstant,
  formatOffset,
  minuteOfDay,
  offsetOf,
  startOfDay,
  wallClock,
} from './instant.ts'

const anyMillisecond = fc.integer({
  min: -62_167_219_200_000 + 86_400_000,
  max: 253_402_300_799_999 - 86_400_000,
})

describe('reading', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T07:00:00+07:00', 0],
    ['2026-11-21T08:00:00+07:00', 1_795_222_800_000],
    ['2026-11-21T01:00:00.250Z', 1_795_222_800_250],
    ['2026-11-21t01:00:00z', 1_795_222_800_000],
    ['2026-11-21 08:00+07:00', 1_795_222_800_000],
    ['2026-11-20T21:30:00-03:30', 1_795_222_800_000],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2016-12-31T23:59:60Z', 1_483_228_800_000],
    ['2017-01-01T06:59:60+07:00', 1_483_228_800_000],
  ])('%s', (text, milliseconds) => {
    expect(epochMilliseconds(text)).toBe(milliseconds)
    expect(epochMicroseconds(text)).toBe(BigInt(milliseconds) * 1000n)
  })

  it('keeps microseconds and cuts what is finer', () => {
    expect(epochMicroseconds('1970-01-01T00:00:00.123456789Z')).toBe(123_456n)
    expect(epochMicroseconds('1969-12-31T23:59:59.999999Z')).toBe(-1n)
    expect(epochMilliseconds('1970-01-01T00:00:00.0019Z')).toBe(1)
  })

  it('agrees with the engine on RFC 3339 text', () => {
    fc.assert(
      fc.property(anyMillisecond, fc.integer({ min: -1439, max: 1439 }), (ms, offset) => {
        const text = formatInstant(ms, offset)
        expect(Date.parse(text)).toBe(ms)
        expect(epochMilliseconds(text)).toBe(ms)
      }),
    )
  })

  it.each([
    ['2026-11-21T08:00:00', 'it has no offset'],
    ['2026-02-31T08:00:00Z', 'there is no day 2026-02-31'],
    ['2026-13-01T08:00:00Z', 'there is no day'],
    ['2026-11-21T24:00:00Z', 'the time is 00:00:00 to 23:59:59'],
    ['2026-11-21T23:60:00Z', 'the time is'],
    ['2026-11-21T23:59:61Z', 'the time is'],
    ['2026-11-21T23:59:60Z', 'second 60 exists only'],
    ['2016-12-31T23:59:60+07:00', 'second 60 exists only'],
    ['2026-11-21T08:00:00+24:00', 'the offset is -23:59 to +23:59'],
    ['2026-11-21T08:00:00+0700', 'an instant is written'],
    ['2026-11-21', 'an instant is written'],
    ['21/11/2026 08:00', 'an instant is written'],
    ['0', 'an instant is written'],
  ])('refuses %s', (text, reason) => {
    expect(() => epochMilliseconds(text)).toThrow(`invalid instant: "${text}": ${reason}`)
  })

  it('reads a text without offset only in the zone it is told', () => {
    expect(epochMilliseconds('2026-11-21T08:00', { zone: 'Asia/Ho_Chi_Minh' })).toBe(1_795_222_800_000)
    expect(epochMilliseconds('2026-11-21T08:00', { zone: '+07:00' })).toBe(1_795_222_800_000)
    expect(epochMilliseconds('2026-11-21T01:00Z', { zone: '+07:00' })).toBe(1_795_222_800_000)
    expect(() => epochMilliseconds('2026-11-21T08:00', { zone: 'Europe/Paris' })).toThrow(
      'invalid offset: "Europe/Paris"',
    )
  })

  it('says how to mend a missing offset, in both languages', () => {
    try {
      epochMilliseconds('2026-11-21T08:00:00')
      expect.unreachable()
    } catch (error) {
      expect((error as { problem: unknown }).problem).toMatchObject({
        code: 'calendar.instant',
        message: { vi: 'thời điểm không hợp lệ: "2026-11-21T08:00:00": thiếu độ lệch múi giờ' },
        hint: { vi: 'viết "2026-11-21T08:00:00+07:00" nếu là giờ Việt Nam' },
      })
    }
  })
})

describe('writing', () => {
  it('is at +07:00 unless told otherwise', () => {
    expect(formatInstant(0)).toBe('1970-01-01T07:00:00+07:00')
    expect(formatInstant(0, 0)).toBe('1970-01-01T00:00:00+00:00')
    expect(formatInstant(0, -210)).toBe('1969-12-31T20:30:00-03:30')
    expect(formatInstant(250)).toBe('1970-01-01T07:00:00.250+07:00')
    expect(formatInstant(1n)).toBe('1970-01-01T07:00:00.000001+07:00')
    expect(formatInstant(-1n)).toBe('1970-01-01T06:59:59.999999+07:00')
    expect(() => formatInstant(0.5)).toThrow('milliseconds are a whole number')
    expect(() => formatInstant(253_402_300_800_000)).toThrow('outside 0000–9999')
  })

  it('gives back the microsecond that was read', () => {
    fc.assert(
      fc.property(anyMillisecond, fc.integer({ min: 0, max: 999 }), (ms, us) => {
        const epoch = BigInt(ms) * 1000n + BigInt(us)
        expect(epochMicroseconds(formatInstant(epoch))).toBe(epoch)
      }),
    )
  })
})

describe('the Vietnamese day', () => {
  it('begins at 17:00 UTC', () => {
    expect(civilDay('2026-06-30T16:59:59.999Z')).toBe('2026-06-30')
    expect(civilDay('2026-06-30T17:00:00Z')).toBe('2026-07-01')
    expect(civilDay('2026-06-30T17:00:00Z', 0)).toBe('2026-06-30')
    expect(civilHour('2026-06-30T17:00:00Z')).toBe(0)
    expect(civilHour('1969-12-31T16:59:00Z')).toBe(23)
    expect(formatInstant(startOfDay('2026-07-01'))).toBe('2026-07-01T00:00:00+07:00')
    expect(formatInstant(atMinuteOfDay('2026-07-01', minuteOfDay('15:30')))).toBe('2026-07-01T15:30:00+07:00')
    expect(formatInstant(atMinuteOfDay('2026-07-01', minuteOfDay('24:00')))).toBe('2026-07-02T00:00:00+07:00')
  })

  it('has the hour and day of its own wall clock', () => {
    fc.assert(
      fc.property(anyMillisecond, (ms) => {
        const clock = wallClock(ms)
        expect(civilDay(ms)).toBe(clock.date)
        expect(civilHour(ms)).toBe(clock.hour)
        expect(startOfDay(clock.date)).toBeLessThanOrEqual(ms)
        expect(startOfDay(clock.date) + 86_400_000).toBeGreaterThan(ms)
      }),
    )
  })

  it('reads offsets and clock times strictly', () => {
    expect(offsetOf('Z')).toBe(0)
    expect(offsetOf('-03:30')).toBe(-210)
    expect(formatOffset(-210)).toBe('-03:30')
    expect(() => offsetOf('+7')).toThrow('invalid offset: "+7"')
    expect(() => minuteOfDay('25:10')).toThrow('invalid clock time: "25:10"')
    expect(() => minuteOfDay('24:01')).toThrow('invalid clock time')
    expect(() => minuteOfDay('7:00')).toThrow('invalid clock time')
  })
})
