import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { viSortKey } from './vi-order.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const communes = `${process.env.NHIP_SHARED ?? `${root}../shared`}/data/vn-admin/communes-2025.csv`

function byKey(a: string, b: string): number {
  const x = viSortKey(a)
  const y = viSortKey(b)
  return x < y ? -1 : x > y ? 1 : 0
}

describe('Vietnamese order', () => {
  test.each([
    [
      'letters: a ă â, d đ, e ê, o ô ơ, u ư',
      ['an', 'ăn', 'ân', 'dan', 'đan', 'em', 'êm', 'on', 'ôn', 'ơn', 'un', 'ưn'],
    ],
    ['tones: ngang, huyền, hỏi, ngã, sắc, nặng', ['ma', 'mà', 'mả', 'mã', 'má', 'mạ', 'man']],
    ['letters decide before tones', ['Hà Bắc', 'Hạ An Bình', 'Hạ Long'].sort(byKey)],
    ['words before longer words', ['An', 'An Bình', 'An Khê', 'Anh Sơn']],
    ['numbered quarters', ['Phường 1', 'Phường 10', 'Phường 2']],
  ])('%s', (_, expected) => {
    const shuffled = [...expected].reverse()
    expect(shuffled.sort(byKey)).toEqual(expected)
    expect([...expected].sort(new Intl.Collator('vi').compare)).toEqual(expected)
  })

  test('NFC and NFD give the same key; different names give different keys', () => {
    expect(viSortKey('Nguyễn Huệ'.normalize('NFD'))).toBe(viSortKey('Nguyễn Huệ'.normalize('NFC')))
    expect(viSortKey('hoà')).not.toBe(viSortKey('hòa'))
    expect(viSortKey('Long')).not.toBe(viSortKey('long'))
  })

  test.skipIf(!existsSync(communes))('all commune names stand as Intl.Collator("vi") puts them', () => {
    const names = readFileSync(communes, 'utf8')
      .split('\n')
      .slice(1)
      .filter((line) => line !== '')
      .map((line) => line.split(',')[2] as string)
    expect(names).toHaveLength(3321)
    const collator = new Intl.Collator('vi')
    const expected = [...names].sort(collator.compare)
    const ours = [...names].sort(byKey)
    const differing = ours.filter((name, i) => collator.compare(name, expected[i] as string) !== 0)
    expect(differing).toEqual([])
    // Every pair of neighbours, both ways, so that ties are ties for both.
    const distinct = [...new Set(expected)]
    for (let i = 1; i < distinct.length; i++) {
      const [a, b] = [distinct[i - 1] as string, distinct[i] as string]
      expect(`${a} < ${b}: ${Math.sign(byKey(a, b))}`).toBe(
        `${a} < ${b}: ${Math.sign(collator.compare(a, b))}`,
      )
    }
  })

  if (!existsSync(communes)) console.log(`skipped: commune names are not at ${communes}`)
})
