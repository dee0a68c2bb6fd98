import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('rounding', () => {
  examples(`
    decimal(1/3, 2) => 0.33
    decimal(1.5, 0) => 2
    decimal(2.5, 0) => 2
    decimal(1234567, -3) => 1235000
    round half up(2.5, 0) => 3
    round half up(-2.5, 0) => -3
    round half down(2.5, 0) => 2
    round half down(-5.5, 0) => -5
    round up(1.121, 2) => 1.13
    round up(-1.121, 2) => -1.13
    round down(-5.9, 0) => -5
    floor(-1.5) => -2
    floor(-1.56, 1) => -1.6
    ceiling(-1.5) => -1
    ceiling(1.51, 1) => 1.6
    round up(5.5, 6177) => null!
    round up(5.5, -6112) => null!
    round up(5.5, null) => null!
    floor("1") => null!
  `)
})

describe('arithmetic is exact to 34 digits', () => {
  examples(`
    0.1 + 0.2 => 0.3
    0.1 + 0.2 = 0.3 => true
    1 / 3 => 0.3333333333333333333333333333333333
    2 / 3 => 0.6666666666666666666666666666666667
    9007199254740991 + 2 => 9007199254740993
    123456789012345678 * 1000000007 => 123456789876543201086419746
    9999999999999999999999999999999999 + 1 => 10000000000000000000000000000000000
    10 ** 6145 => null!
    1 / 0 => null!
    0 ** 0 => 1
    2 ** 0.5 => 1.414213562373095048801688724209698
    2 ** -2 => 0.25
    -2 ** 2 => 4
    (-8) ** 0.5 => null!
    3 ** 4 ** 5 => 3486784401
    1.23e4 => 12300
    -0 => 0
    1 + null => null!
    "1" + 1 => null!
    "a" + "b" => "ab"
  `)
})

describe('functions of numbers', () => {
  examples(`
    abs(-7.5) => 7.5
    abs(@"-PT5H") => PT5H
    abs(@"-P3M") => P3M
    modulo(12, 5) => 2
    modulo(-12, 5) => 3
    modulo(12, -5) => -3
    modulo(-10.1, 4.5) => 3.4
    modulo(1, 0) => null!
    sqrt(16) => 4
    sqrt(2) => 1.414213562373095048801688724209698
    sqrt(-1) => null!
    log(10) => 2.302585092994045684017991454684364
    log(0) => null!
    exp(1) => 2.718281828459045235360287471352662
    exp(100000) => null!
    odd(5) => true
    even(-2) => true
    odd(2.5) => false
    even(null) => null!
    sqrt(number: 9) => 3
    sqrt(n: 9) => null!
  `)
})
