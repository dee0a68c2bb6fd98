import { describe } from 'vitest'
import { examples } from '../examples.fixture.ts'

describe('contexts', () => {
  examples(`
    get value({a: 1}, "a") => 1
    get value({a: null}, "a") => null
    get value({a: 1}, "b") => null!
    get entries({a: 1, b: 2}) => [{key: "a", value: 1}, {key: "b", value: 2}]
    context([{key: "a", value: 1}, {key: "b", value: 2}]) => {a: 1, b: 2}
    context([{key: "a", value: 1}, {key: "a", value: 2}]) => null!
    context([{key: "a"}]) => null!
    context put({a: 1}, "b", 2) => {a: 1, b: 2}
    context put({x: 1, y: {a: 0}}, ["y", "b"], 2) => {x: 1, y: {a: 0, b: 2}}
    context put({x: 1}, [], 2) => null!
    context put({x: 1}, ["x", "y"], 2) => null!
    context merge([{a: 1}, {a: 2, b: 3}]) => {a: 2, b: 3}
    {a: 1, b: a + 1}.b => 2
    {a: 1, a: 2} => null!
    {a: 1}.b => null!
    [{a: 1}, {a: 2}].a => [1, 2]
    {"thu nhập": 5}.thu nhập => 5
    [{item: 1}, {item: 2}][item >= 2] => [{item: 2}]
    [{x: 1, y: 2}, {x: null, y: 3}][x < 2] => [{x: 1, y: 2}]
  `)
})
