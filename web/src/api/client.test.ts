import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError, address, readAll, send } from './client.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('address', () => {
  it('leaves out what is absent and writes the rest safely', () => {
    expect(address('/api/units', { as_of: '2025-06-30', q: 'Hà Nội', level: undefined, parent: '' })).toBe(
      '/api/units?as_of=2025-06-30&q=H%C3%A0+N%E1%BB%99i',
    )
  })
})

describe('readAll', () => {
  it('follows the cursor to the end', async () => {
    const asked: string[] = []
    vi.stubGlobal('fetch', async (path: string) => {
      asked.push(path)
      const last = path.includes('cursor=b')
      return new Response(JSON.stringify({ items: [last ? 2 : 1], nextCursor: last ? null : 'b' }))
    })
    expect(await readAll('/api/units')).toEqual([1, 2])
    expect(asked).toEqual(['/api/units?limit=500', '/api/units?limit=500&cursor=b'])
  })
})

describe('a refused call', () => {
  it('carries the problem that the node told', async () => {
    const problem = { type: 'about:blank', title: 'x', status: 422, detail: 'sai', code: 'bad', errors: [] }
    vi.stubGlobal('fetch', async () => new Response(JSON.stringify(problem), { status: 422 }))
    const error = await send('POST', '/api/imports').catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: 422, problem: { code: 'bad' }, message: 'sai' })
  })
  it('is status 0 when the node cannot be reached', async () => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('Failed to fetch')
    })
    await expect(send('POST', '/api/login', {})).rejects.toMatchObject({ status: 0, problem: null })
  })
})
