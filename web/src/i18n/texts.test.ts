import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import firstEn from './en.json' with { type: 'json' }
import pagesEn from './pages-en.json' with { type: 'json' }
import pagesVi from './pages-vi.json' with { type: 'json' }
import firstVi from './vi.json' with { type: 'json' }

const vi = { ...firstVi, ...pagesVi }
const en = { ...firstEn, ...pagesEn }

/** `a.b.c` of every text; the plural ending of i18next is taken off. */
function keys(node: object, before = ''): string[] {
  return Object.entries(node).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [before + name.replace(/_(zero|one|two|few|many|other)$/, '')]
      : keys(value, `${before}${name}.`),
  )
}

function texts(node: object): string[] {
  return Object.values(node).flatMap((value) => (typeof value === 'string' ? [value] : texts(value)))
}

const source = fileURLToPath(new URL('..', import.meta.url))
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(`${source}/${name}`, 'utf8'))
  .join('\n')
/** Whole keys, wherever they stand between quotes after `t(` or in a choice inside it. */
const literal = new Set([...code.matchAll(/'([a-zA-Z]+(?:\.[\w-]+)+)'/g)].map((m) => m[1]!))
/** Beginnings of keys that are put together: `status.${code}`. */
const beginnings = [...new Set([...code.matchAll(/`([a-zA-Z]+\.(?:[\w-]+\.)*)\$\{/g)].map((m) => m[1]!))]

/** The modules that the first page loads: what is imported from `main.tsx` on, not what a page brings when it is opened. */
function reached(file: string, known = new Set<string>()): Set<string> {
  if (known.has(file)) return known
  known.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, from] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+\.tsx?)'/gm))
    reached(join(dirname(file), from!), known)
  return known
}

const inVietnamese = [...new Set(keys(vi))]
const inEnglish = [...new Set(keys(en))]

describe('texts of the pages', () => {
  it('are the same set in both languages', () => {
    expect(inEnglish.filter((key) => !inVietnamese.includes(key))).toEqual([])
    expect(inVietnamese.filter((key) => !inEnglish.includes(key))).toEqual([])
  })

  it('of the first page come with it', () => {
    const modules = [...reached(join(source, 'main.tsx'))]
    expect(modules.length).toBeGreaterThan(30)
    const first = modules.map((file) => readFileSync(file, 'utf8')).join('\n')
    const later = Object.keys(pagesVi).filter((name) => new RegExp(`['\`]${name}\\.[a-z]`).test(first))
    expect(later).toEqual([])
    expect(Object.keys(pagesVi).filter((name) => name in firstVi)).toEqual([])
  })

  it('are all used', () => {
    const unused = inVietnamese.filter(
      (key) => !literal.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)),
    )
    expect(unused).toEqual([])
  })

  it('exist for every key that the pages ask for', () => {
    const asked = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((m) => m[1]!)
    expect(asked.length).toBeGreaterThan(50)
    expect(asked.filter((key) => !inVietnamese.includes(key))).toEqual([])
    expect(beginnings.filter((b) => !inVietnamese.some((key) => key.startsWith(b)))).toEqual([])
  })

  it('take the same values in both languages', () => {
    const values = (text: string) =>
      [...text.matchAll(/\{\{(\w+)\}\}/g)]
        .map((m) => m[1])
        .sort()
        .join()
    const find = (tree: object, key: string): string => {
      let node: unknown = tree
      const path = key.split('.')
      for (const [i, name] of path.entries()) {
        const at = node as Record<string, unknown>
        node = at[name] ?? (i === path.length - 1 ? at[`${name}_other`] : undefined)
      }
      return String(node)
    }
    for (const key of inVietnamese)
      expect(`${key} ${values(find(en, key))}`).toBe(`${key} ${values(find(vi, key))}`)
  })

  it('are not left in the other language', () => {
    const marked = /[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i
    const names = /Nhịp|Hoàng Sa|Trường Sa|Đà Nẵng|Khánh Hòa|Hà Nội/g
    expect(texts(en).filter((text) => marked.test(text.replace(names, '')))).toEqual([])
    expect(texts(vi).filter((text) => text !== text.normalize('NFC'))).toEqual([])
  })
})
