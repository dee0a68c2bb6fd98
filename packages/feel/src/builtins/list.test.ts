import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('statistics', () => {
  examples(`
    count([1, null]) => 2
    count([]) => 0
    count(null) => null!
    min([3, 1, 2]) => 1
    min(3, 1, 2) => 1
    max("a", "c", "b") => "c"
    max([@"2026-01-01", @"2025-01-01"]) => 2026-01-01
    min([]) => null!
    min([1, "a"]) => null!
    sum([1, 2, 3.5]) => 6.5
    sum(1, 2) => 3
    sum([]) => null!
    sum([1, null]) => null!
    mean([1, 2, 4]) => 2.333333333333333333333333333333333
    median([8, 2, 5, 3, 4]) => 4
    median([6, 1, 2, 3]) => 2.5
    product([2, 3, 4]) => 24
    stddev([2, 4, 7, 5]) => 2.081665999466132735282297706979931
    stddev([47]) => null!
    mode([6, 3, 9, 6, 6]) => [6]
    mode([6, 1, 9, 6, 1]) => [1, 6]
    mode([]) => []
  `)
})

describe('all and any have three values', () => {
  examples(`
    all([true, null, false]) => false
    all([true, null, true]) => null
    all([]) => true
    all(true, true) => true
    any([false, null, true]) => true
    any([false, null]) => null
    any([]) => false
    all(null) => null!
    any() => null!
  `)
})

describe('positions count from 1, from the end when negative', () => {
  examples(`
    sublist([4, 5, 6], 1, 2) => [4, 5]
    sublist([4, 5, 6], -1) => [6]
    sublist([4, 5, 6], 2, 5) => null!
    sublist([4, 5, 6], 2, 0) => null!
    insert before([1, 3], 1, 2) => [2, 1, 3]
    insert before([1, 3], -1, 2) => [1, 2, 3]
    insert before([1, 3], 3, 2) => null!
    remove([1, 2, 3], 2) => [1, 3]
    remove([1, 2, 3], 4) => null!
    list replace([1, 2, 3], 2.5, 4) => [1, 4, 3]
    list replace([1, 2, 3], -1, 4) => [1, 2, 4]
    list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) => [5, 5, 7, 8]
    list replace([2, 4], function(item) item = 2, 5) => null!
    index of([1, 2, 3, 2], 2) => [2, 4]
    index of([1, null], null) => [2]
    [1, 2, 3][-1] => 3
    [1, 2, 3][0] => null
    [1, 2, 3][4] => null
    7[1] => 7
  `)
})

describe('lists from lists', () => {
  examples(`
    append([1], 2, 3) => [1, 2, 3]
    append([1], [2]) => [1, [2]]
    concatenate([1, 2], [3]) => [1, 2, 3]
    union([1, 2], [2, 3]) => [1, 2, 3]
    concatenate() => null!
    concatenate([1]) => [1]
    distinct values([1, 2, 1.0, "1"]) => [1, 2, "1"]
    distinct values([@"PT24H", @"P1D"]) => [P1D]
    flatten([[1, 2], [[3]], 4]) => [1, 2, 3, 4]
    reverse([1, 2, 3]) => [3, 2, 1]
    list contains([1, 2], 3) => false
    list contains([null], null) => true
    list contains([@"P1D"], @"PT24H") => true
    sort([3, 1, 2], function(x, y) x < y) => [1, 2, 3]
    sort(["b", "a"]) => ["a", "b"]
    sort([1, "a"], function(x, y) x < y) => null!
    sort([3, 1], function(x) true) => null!
    reverse(list: [1, 2]) => [2, 1]
    reverse(lst: [1, 2]) => null!
  `)
})
