import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('dates and times from texts and parts', () => {
  examples(`
    date("2026-07-01") => 2026-07-01
    date("2026-02-29") => null!
    date("26-02-01") => null!
    date("-2017-12-31") => -2017-12-31
    date("012026-01-01") => null!
    date(2026, 7, 1) => 2026-07-01
    date(2026, 13, 1) => null!
    date(@"2026-07-01T23:00:00-05:00") => 2026-07-01
    time("11:22:33.4440") => 11:22:33.444
    time("24:00:00") => 00:00:00
    time("24:00:01") => null!
    time("11:00:00+19:00") => null!
    time(11, 59, 45.5, duration("PT7H")) => 11:59:45.5+07:00
    time(11, 59, 45, duration("-PT2H45M55S")) => 11:59:45-02:45:55
    time(11, 60, 0, null) => null!
    time(@"2026-07-01") => 00:00:00Z
    date and time("2026-07-01") => 2026-07-01T00:00:00
    date and time(@"2026-07-01", @"10:00:00@Asia/Ho_Chi_Minh") => 2026-07-01T10:00:00@Asia/Ho_Chi_Minh
    date and time("2026-12-31T24:00:00") => 2027-01-01T00:00:00
    date and time("2026-07-01T10:00:00.1234567891") => 2026-07-01T10:00:00.123456789
    date and time("2026-07-01T10:00") => null!
    duration("P1Y14M") => P2Y2M
    duration("PT90M") => PT1H30M
    duration("P1Y1D") => null!
    duration("P") => null!
    duration("PT0.5S") => PT0.5S
    years and months duration(@"2024-02-29", @"2026-02-28") => P1Y11M
    years and months duration(@"2026-02-28", @"2024-02-29") => -P1Y11M
    years and months duration(@"2026-01-01", null) => null!
  `)
})

describe('numbers from texts', () => {
  examples(`
    number("1.234.567,89", ".", ",") => 1234567.89
    number("1 000", " ", ".") => 1000
    number("1,5", ",", ",") => null!
    number("1,000", ";", ".") => null!
    number("12") => 12
    number("12a") => null!
    number(null, ".", ",") => null!
  `)
})

describe('texts of values', () => {
  examples(`
    string(1.10) => "1.1"
    string(1e3) => "1000"
    string(true) => "true"
    string(@"P1D") => "P1D"
    string(null) => null
    string(["a", 1, null]) => "[\\"a\\", 1, null]"
    string({a: "x", "b c": [1]}) => "{a: \\"x\\", b c: [1]}"
    string([1..3)) => "[1..3)"
    string("a") => "a"
  `)
})

describe('ranges from texts', () => {
  examples(`
    range("[1..10)") => [1..10)
    range("]1..10[") = (1..10) => true
    range("[\\"a\\"..\\"c\\"]") => ["a".."c"]
    range("[date(\\"2026-01-01\\")..@\\"2026-12-31\\"]").start => 2026-01-01
    range("[3..1]") => null!
    range("[2..)") = (>= 2) => true
    range("(..2)") = (< 2) => true
    range("[..2)") => null!
    range("[..]") => null!
    range("[1..\\"b\\"]") => null!
    range("[1+1..3]") => null!
    range(">= 5") => null!
  `)
})
