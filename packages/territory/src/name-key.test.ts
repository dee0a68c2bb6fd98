import { describe, expect, it } from 'vitest'
import { fold, foldKeepingMarks, lookupKeys, nameKey, withoutMarks } from './name-key.ts'

describe('fold', () => {
  it.each([
    ['Đà Nẵng', 'da nang'],
    ['Hòa Bình', 'hoa binh'],
    ['Hoà Bình', 'hoa binh'],
    ['Hoà Bình'.normalize('NFD'), 'hoa binh'],
    ['Bà Rịa - Vũng Tàu', 'ba ria vung tau'],
    ['Thừa Thiên–Huế', 'thua thien hue'],
    ["Ea H'Leo", 'ea hleo'],
    ['ÐỒNG THÁP', 'dong thap'], // Ð (eth) of old code pages
    ['  Krông   Na ', 'krong na'],
  ])('%s → %s', (text, key) => expect(fold(text)).toBe(key))

  it('keeps upper and lower case when asked for plain letters', () =>
    expect(withoutMarks('Đắk Lắk')).toBe('Dak Lak'))
})

describe('foldKeepingMarks', () => {
  it('does not mind where the tone is placed', () => {
    for (const [a, b] of [
      ['Hòa', 'Hoà'],
      ['Thủy Nguyên', 'Thuỷ Nguyên'],
      ['Khánh Hòa', 'KHÁNH HOÀ'],
    ] as const) {
      expect(foldKeepingMarks(a)).toBe(foldKeepingMarks(b))
    }
  })
  it('tells names with other marks apart', () => {
    expect(foldKeepingMarks('Hòa')).not.toBe(foldKeepingMarks('Hóa'))
    expect(foldKeepingMarks('Hòa')).not.toBe(foldKeepingMarks('Hoa'))
    expect(foldKeepingMarks('Tân')).not.toBe(foldKeepingMarks('Tan'))
  })
})

describe('nameKey', () => {
  it.each([
    ['Tỉnh Hòa Bình', 'hoa binh'],
    ['Thành phố Hồ Chí Minh', 'ho chi minh'],
    ['Thành Phố Hồ Chí Minh', 'ho chi minh'],
    ['TP. Hồ Chí Minh', 'ho chi minh'],
    ['TP.Hồ Chí Minh', 'ho chi minh'],
    ['T.P Hồ Chí Minh', 'ho chi minh'],
    ['T.P. Hồ Chí Minh', 'ho chi minh'],
    ['TP Hồ Chí Minh', 'ho chi minh'],
    ['Phường Ba Đình', 'ba dinh'],
    ['P. Ba Đình', 'ba dinh'],
    ['Phường 1', '1'],
    ['Phường 01', '1'],
    ['P.1', '1'],
    ['P1', '1'],
    ['Q.10', '10'],
    ['Xã Xá Lượng', 'xa luong'],
    ['Thị trấn Chi Đông', 'chi dong'],
    ['Đặc khu Hoàng Sa', 'hoang sa'],
    ['Huyện Tĩnh Gia', 'tinh gia'],
    ['Tĩnh Gia', 'tinh gia'], // Tĩnh is not Tỉnh
    ['Phượng Sơn', 'phuong son'], // Phượng is not Phường
    ['Quân Chu', 'quan chu'],
    ['Hà Nội', 'ha noi'],
  ])('%s → %s', (name, key) => expect(nameKey(name)).toBe(key))
})

describe('lookupKeys', () => {
  it('reads text without marks both ways', () => {
    expect(lookupKeys('Tinh Gia Lai')).toEqual(expect.arrayContaining(['gia lai', 'tinh gia lai']))
    expect(lookupKeys('Hai Phong City')).toEqual(expect.arrayContaining(['hai phong', 'hai phong city']))
  })
  it('reads text with marks one way', () => expect(lookupKeys('Tĩnh Gia')).toEqual(['tinh gia']))
})
