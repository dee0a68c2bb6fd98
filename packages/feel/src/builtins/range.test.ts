import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('relations of points and ranges', () => {
  examples(`
    before(1, 10) => true
    before(1, (1..10]) => true
    before([1..10), 10) => true
    before([1..10], [10..20]) => false
    before([1..10), [10..20]) => true
    after(12, [1..10]) => true
    after([11..20], [1..11)) => true
    meets([1..5], [5..10]) => true
    meets([1..5), [5..10]) => false
    met by([5..10], [1..5]) => true
    overlaps([1..5], [3..8]) => true
    overlaps([1..5], (5..8]) => false
    overlaps before([1..5], [3..8]) => true
    overlaps before([1..5), [1..5]) => false
    overlaps before([1..5], [1..5]) => false
    overlaps before([1..5), (1..5]) => true
    overlaps before([1..5], (5..8]) => false
    overlaps after([3..8], [1..5]) => true
    overlaps after([3..5], [1..5]) => true
    overlaps after([6..8], [1..5]) => false
    overlaps after([5..8], [1..5)) => false
    overlaps after((1..5], [1..5)) => true
    overlaps after((1..5], [1..5]) => true
    overlaps after([1..5], [1..5)) => false
    finishes(10, [1..10]) => true
    finishes([5..10], [1..10]) => true
    finished by([1..10], 10) => true
    includes([1..10], 5) => true
    includes((1..10], 1) => false
    includes([1..10], (1..10)) => true
    during(5, [1..10]) => true
    during([4..6], [1..10]) => true
    starts(1, [1..10]) => true
    starts((1..5), (1..10)) => true
    started by([1..10], [1..5)) => true
    coincides([1..5], [1..5]) => true
    coincides(5, 5) => true
    coincides([1..5), [1..5]) => false
    includes([1..10], "a") => null!
    before(1, null) => null!
    includes(range: [1..10], point: 4) => true
  `)
})

describe('membership', () => {
  examples(`
    5 in [1..10] => true
    1 in (1..10] => false
    5 in (< 10) => true
    5 in (> 1, 7) => true
    5 in !=5 => false
    null in [1..10] => null!
    5 in [1..null] => null!
    5 in [10..null] => false
    5 in [null..3] => false
    "b" in ["a".."c"] => true
    @"2026-07-01" in [@"2026-01-01"..@"2026-12-31"] => true
    1 in [[2..4], [1..3]] => true
    [1,2] in [[1,2], [3]] => true
    5 between 1 and 10 => true
    5 between null and 10 => null!
    5 between 6 and 7 => false
    (< 10) = (null..10) => false
    (=10) = [10..10] => false
    ]1..10] = (1..10] => true
    [1..5].start included => true
    (< 5).start => null
  `)
})
