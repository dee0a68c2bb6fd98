import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('logic of three values', () => {
  examples(`
    not(true) => false
    not(null) => null
    not(1) => null!
    true and null => null
    false and null => false
    null and false => false
    true or null => true
    null or false => null
    false and "a" => false
    true and "a" => null
    1 = null => false
    null = null => true
    null != null => false
    1 = "1" => null!
    true < false => null!
    if null then 1 else 2 => 2
    if "a" then 1 else 2 => 2
    some x in [1, null] satisfies x > 0 => true
    every x in [1, null] satisfies x > 0 => null!
    every x in [] satisfies false => true
    some x in [1, 2] satisfies "a" => null!
    null instance of Any => false
    [1] instance of list<number> => true
    [1, "a"] instance of list<number> => false
    abs instance of function<number> -> number => false
    {a: 1, b: 2} instance of context<a: number> => true
  `)
})
