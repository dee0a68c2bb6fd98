import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parser as lezer, trackVariables } from 'lezer-feel'
import { describe, expect, it } from 'vitest'
import { BUILT_IN_NAMES } from './builtins.ts'
import { parse, parseUnaryTests } from './parse.ts'
import { print } from './print.ts'

/**
 * Every expression of the DMN conformance kit, read by our parser and by lezer-feel with the same names in scope: the
 * verdicts (accepted or not) must agree.
 */
const shared = process.env.NHIP_SHARED ?? join(import.meta.dirname, '../../../../shared')
const kit = join(shared, 'conformance/dmn-tck')

interface Found {
  readonly file: string
  readonly text: string
  readonly unary: boolean
  readonly names: readonly string[]
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decode(xml: string): string {
  if (xml.trim().startsWith('<![CDATA[')) return xml.trim().slice(9, -3)
  return xml.replace(/&(#x?[0-9a-fA-F]+|\w+);/g, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16))
    return name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : (ENTITIES[name] ?? whole)
  })
}

function expressions(): Found[] {
  const found: Found[] = []
  for (const level of ['compliance-level-2', 'compliance-level-3', 'non-compliant']) {
    for (const folder of readdirSync(join(kit, level))) {
      for (const file of readdirSync(join(kit, level, folder)).filter((name) => name.endsWith('.dmn'))) {
        const xml = readFileSync(join(kit, level, folder, file), 'utf8').replace(/<!--[\s\S]*?-->/g, '')
        const names = [...xml.matchAll(/\bname="([^"]*)"/g)].map((m) => decode(m[1] as string))
        for (const m of xml.matchAll(
          /<(?:\w+:)?(\w+)[^<>]*>\s*<(?:\w+:)?text(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?text>/g,
        )) {
          if (['description', 'textAnnotation', 'annotationEntry'].includes(m[1] as string)) continue
          const unary = [
            'inputEntry',
            'inputValues',
            'outputValues',
            'allowedValues',
            'typeConstraint',
          ].includes(m[1] as string)
          found.push({ file: `${level}/${folder}`, text: decode(m[2] as string), unary, names })
        }
      }
    }
  }
  return found
}

const configured = new Map<string, ReturnType<typeof lezer.configure>>()

function lezerAccepts({ text, unary, names }: Found): boolean {
  const key = `${unary}${names.join()}`
  let parser = configured.get(key)
  if (parser === undefined) {
    const contextTracker = trackVariables(Object.fromEntries(names.map((name) => [name, 1])))
    parser = lezer.configure({ top: unary ? 'UnaryTests' : 'Expression', contextTracker })
    configured.set(key, parser)
  }
  let broken = false
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) broken = true
    },
  })
  return !broken
}

function weAccept({ text, unary, names }: Found): boolean {
  const read = unary ? parseUnaryTests : parse
  return read(text, { names, functions: BUILT_IN_NAMES }, { unknownNames: 'keep' }).problems.length === 0
}

/** Where the verdicts differ and the text of DMN 1.5 is on our side. */
const JUSTIFIED: readonly { readonly text: RegExp; readonly why: string }[] = [
  {
    text: /instance of range</,
    why: '10.3.1.2, rule 52: a type may be "range", "<", type, ">"; the kit expects true for these',
  },
]

/** The whole kit with NHIP_TEST_ALL=1, else every thirtieth expression. */
const stride = process.env.NHIP_TEST_ALL === '1' ? 1 : 30

function distinct(found: readonly Found[]): Found[] {
  const seen = new Set<string>()
  return found.filter((one) => {
    const key = `${one.unary}${one.text}`
    return !seen.has(key) && seen.add(key)
  })
}

describe.skipIf(!existsSync(kit))('expressions of the conformance kit', () => {
  const all = existsSync(kit) ? distinct(expressions()) : []
  const sample = all.filter((_, i) => i % stride === 0)
  if (all.length === 0) console.warn(`skipped: no conformance kit at ${kit}`)

  it('get the verdict of lezer-feel, or the difference is justified', { timeout: 120_000 }, () => {
    const differences: string[] = []
    for (const one of sample) {
      const ours = weAccept(one)
      if (ours !== lezerAccepts(one) && !JUSTIFIED.some(({ text }) => text.test(one.text))) {
        differences.push(`${one.file}: ${one.text.trim()} (${ours ? 'we accept' : 'we refuse'})`)
      }
    }
    expect(all.length).toBeGreaterThan(2_000)
    expect(differences).toEqual([])
  })

  it('print to text that reads back to the same tree', { timeout: 120_000 }, () => {
    const strip = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (key, v) =>
          ['start', 'end', 'line', 'column', 'text'].includes(key) ? undefined : v,
        ),
      )
    for (const { text, unary, names } of sample) {
      const read = unary ? parseUnaryTests : parse
      const scope = { names, functions: BUILT_IN_NAMES }
      const first = read(text, scope, { unknownNames: 'keep' })
      if (first.problems.length > 0) continue
      const again = read(print(first.ast), scope, { unknownNames: 'keep' })
      expect({ text, problems: again.problems, ast: strip(again.ast) }).toEqual({
        text,
        problems: [],
        ast: strip(first.ast),
      })
    }
  })
})
