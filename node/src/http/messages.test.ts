import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { message, messageKeys, preferredLanguage } from './language.ts'

const sources = fileURLToPath(new URL('..', import.meta.url))

function allSource(): string {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(sources, name), 'utf8'))
    .join('\n')
}

test('both languages have the same keys', () => {
  expect(messageKeys('en').sort()).toEqual(messageKeys('vi').sort())
})

test('both languages take the same parameters', () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort()
  for (const key of messageKeys('vi')) {
    const { vi, en } = message(key)
    expect([key, names(en)]).toEqual([key, names(vi)])
  }
})

test('every key is used, and every code that is refused with has its message', () => {
  const source = allSource()
  const unused = messageKeys('vi').filter((key) => !key.startsWith('status.') && !source.includes(`'${key}'`))
  expect(unused).toEqual([])
  const keys = new Set(messageKeys('vi'))
  const refusals = source.matchAll(/refuse\(\s*(\d{3}),\s*'([a-z0-9-]+)'(?![\s\S]{0,300}?message\b)/g)
  const without = [...refusals].filter(
    ([, status, code]) => !keys.has(code!) || !keys.has(`status.${status}`),
  )
  expect(without.map(([text]) => text)).toEqual([])
})

test.each([
  [undefined, 'vi'],
  ['en', 'en'],
  ['vi-VN,vi;q=0.9,en;q=0.8', 'vi'],
  ['fr, en;q=0.5', 'en'],
  ['de', 'vi'],
  ['en;q=0.2, vi;q=0.4', 'vi'],
])('Accept-Language %s → %s', (header, lang) => {
  expect(preferredLanguage(header)).toBe(lang)
})
