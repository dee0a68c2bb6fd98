import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { refuse } from '../http/problem.ts'
import {
  PolicyFiles,
  PolicyItem,
  PopulationItem,
  PopulationSample,
  type SampleSize,
  sampleSeeds,
  sampleSizes,
} from './contract.ts'
import type { Library, StoredBundle } from './library.ts'
import type { Populations } from './populations.ts'

const closed = { additionalProperties: false } as const
const ById = Type.Object({ id: Type.String() })

export interface PolicyRooms {
  library: Library
  populations: Populations
}

/** What everybody may read: the law as data, and the synthetic populations it is tried on. */
export function policyRoutes({ library, populations }: PolicyRooms): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/policies',
      summary: 'Policy bundles: laws as data',
      permission: 'public',
      responses: {
        200: {
          description: 'Bundles',
          body: Type.Object({ items: Type.Array(PolicyItem), nextCursor: Type.Null() }, closed),
        },
      },
      handle: async () => ({
        status: 200,
        body: { items: (await library.policies()).map(itemOf), nextCursor: null },
      }),
    }),
    route({
      method: 'GET',
      path: '/api/policies/{id}/files',
      summary: 'The files of a bundle: a browser loads, checks and evaluates it itself',
      params: ById,
      permission: 'public',
      responses: {
        200: { description: 'Paths and texts', body: PolicyFiles },
        304: { description: 'The bundle is the one of If-None-Match' },
      },
      async handle({ params, headers }) {
        const bundle = await library.policy(params.id)
        if (!bundle) throw refuse(404, 'unknown-policy', { params: { policy: params.id } })
        const { id, sha256, texts } = bundle
        const tag = tagged(sha256)
        if (matches(headers['if-none-match'], sha256)) return { status: 304, headers: tag }
        const files = [...texts].map(([path, text]) => ({ path, text }))
        return { status: 200, headers: tag, body: { id, sha256, files } }
      },
    }),
    route({
      method: 'GET',
      path: '/api/populations',
      summary: 'Synthetic populations: specifications, and what has been made from them',
      permission: 'public',
      responses: {
        200: {
          description: 'Specifications',
          body: Type.Object({ items: Type.Array(PopulationItem), nextCursor: Type.Null() }, closed),
        },
      },
      handle: async () => ({ status: 200, body: { items: await populations.items(), nextCursor: null } }),
    }),
    route({
      method: 'GET',
      path: '/api/populations/{id}/sample',
      summary: 'Whole households of a synthetic population, for trying a law out in a browser',
      description:
        'Drawn from the specification with the seed, not cut out of a larger population: each household stands for `weight` of them.',
      params: ById,
      query: Type.Object(
        {
          households: Type.Optional(Type.Integer({ enum: [...sampleSizes], default: 20_000 })),
          seed: Type.Optional(Type.Integer({ minimum: 1, maximum: sampleSeeds, default: 1 })),
        },
        closed,
      ),
      permission: 'public',
      responses: {
        200: {
          description: 'Columns as base64',
          body: PopulationSample,
          type: 'application/json; charset=utf-8',
        },
        304: { description: 'The sample is the one of If-None-Match' },
      },
      async handle({ params, query, headers }) {
        const { households = 20_000, seed = 1 } = query
        const spec = await library.spec(params.id)
        if (!spec) throw refuse(404, 'unknown-population', { params: { population: params.id } })
        const tag = `${spec.sha256.slice(0, 32)}-${seed}-${households}`
        if (matches(headers['if-none-match'], tag)) return { status: 304, headers: tagged(tag) }
        const body = await populations.sample(params.id, households as SampleSize, seed)
        return { status: 200, headers: tagged(tag), body }
      },
    }),
  ]
}

function itemOf({ id, title, version, sha256, files, reforms }: StoredBundle): PolicyItem {
  return { id, title, version, sha256, files, reforms }
}

/** To be kept by the browser, and asked about each time. */
function tagged(tag: string): Record<string, string> {
  return { etag: etag(tag), 'cache-control': 'no-cache' }
}

function matches(header: string | string[] | undefined, tag: string): boolean {
  return [header ?? []].flat().some((tags) => tags.split(',').some((one) => one.trim() === etag(tag)))
}
