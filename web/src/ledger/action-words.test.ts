import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import en from '../i18n/pages-en.json' with { type: 'json' }
import vi from '../i18n/pages-vi.json' with { type: 'json' }

const node = fileURLToPath(new URL('../../../node/src', import.meta.url))
/** Actions as the node's rooms write them, those of two ways in one line too. */
const written = /\b(?:audit|action): (?:\w+ \? '([a-z]+\.[a-z]+)' : )?'([a-z]+\.[a-z]+)'/g

it('every action that the node writes into the audit has words', () => {
  const actions = readdirSync(node, { recursive: true, encoding: 'utf8' })
    .filter((name) => /^(?!.*\.(?:test|fixture|worker)\.ts$).*\.ts$/.test(name))
    .flatMap((name) => [...readFileSync(`${node}/${name}`, 'utf8').matchAll(written)])
    .flatMap(([, one, other]) => [one, other])
    .filter((action) => action !== undefined)
  expect(new Set(actions).size).toBeGreaterThan(40)
  for (const { act } of [vi.ledger, en.ledger]) {
    const words: Record<string, Record<string, string>> = act
    expect(actions.filter((action) => !words[action.split('.')[0]!]?.[action.split('.')[1]!])).toEqual([])
  }
})
