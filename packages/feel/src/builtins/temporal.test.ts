import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('the calendar', () => {
  examples(`
    day of year(@"2026-12-31") => 365
    day of year(@"2024-12-31") => 366
    day of week(@"2026-11-21") => "Saturday"
    month of year(@"2026-11-21") => "November"
    week of year(@"2003-12-29") => 1
    week of year(@"2027-01-01") => 53
    @"2026-11-21".weekday => 6
    now() => 2026-11-21T08:30:00@Asia/Ho_Chi_Minh
    today() => 2026-11-21
    today(1) => null!
  `)
})

describe('days and months', () => {
  examples(`
    @"2026-01-31" + @"P1M" => 2026-02-28
    @"2024-01-31" + @"P1M" => 2024-02-29
    @"2024-02-29" + @"P1Y" => 2025-02-28
    @"2026-01-01" - @"PT1S" => 2025-12-31
    @"2026-01-01" + @"PT36H" => 2026-01-02
    @"2026-03-01" - @"2026-02-01" => P28D
    @"999999999-12-31" + @"P1D" => null!
    @"-999999999-01-01" - @"P1D" => null!
    @"P1Y11M" * -2.5 => -P4Y9M
    @"P1D" / @"PT1H" => 24
    @"P1Y" / @"P1M" => 12
    @"P1D" * 0.5 => PT12H
    @"P1D" / 0 => null!
    @"P1D" + @"P1M" => null!
    -@"P1D" => -P1D
    @"23:30:00" + @"PT1H" => 00:30:00
    @"10:00:00" - @"11:00:00" => -PT1H
    @"10:00:00Z" - @"11:00:00" => null!
    duration("P1DT25H61M").hours => 2
    duration("-P14M").months => -2
  `)
})

describe('zones and offsets', () => {
  examples(`
    @"2026-07-01T12:00:00@Europe/Paris".time offset => PT2H
    @"2026-01-01T12:00:00@Europe/Paris".time offset => PT1H
    @"2026-03-29T02:30:00@Europe/Paris".time offset => PT1H
    @"2026-10-25T02:30:00@Europe/Paris".time offset => PT2H
    @"2026-03-29T01:30:00@Europe/Paris" + @"PT1H" => 2026-03-29T03:30:00@Europe/Paris
    @"2026-07-01T12:00:00@Asia/Ho_Chi_Minh" = @"2026-07-01T05:00:00Z" => true
    @"2026-07-01T12:00:00+07:00" < @"2026-07-01T06:00:00Z" => true
    @"2026-07-01T12:00:00" < @"2026-07-01T06:00:00Z" => null!
    @"2026-07-01T12:00:00" - @"2026-07-01" => null!
    @"2026-07-01T00:00:00Z" - @"2026-07-01" => PT0S
    @"1900-01-01T00:00:00@Asia/Ho_Chi_Minh".time offset => PT7H6M30S
    @"999999999-07-01T12:00:00@Europe/Paris".time offset => PT2H
    @"10:00:00@Asia/Ho_Chi_Minh".time offset => PT7H
    @"10:00:00@Europe/Paris".time offset => null
    @"10:00:00@Asia/Ho_Chi_Minh" = @"03:00:00Z" => true
    is(@"10:00:00Z", @"10:00:00+00:00") => true
    is(@"10:00:00@Etc/UTC", @"10:00:00Z") => false
    is(@"2026-07-01T10:00:00+07:00", @"2026-07-01T03:00:00Z") => false
    @"10:00:00@Sao/Hỏa" => null!
  `)
})
