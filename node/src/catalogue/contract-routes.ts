import { Type } from 'typebox'
import { ProblemSchema } from '../http/contract.ts'
import { type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { Page, Paging } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import type { FourEyes } from '../identity/four-eyes.ts'
import type { Records } from '../records/contract.ts'
import { contractOf, type Dataset, demandReadable } from './catalogue.ts'
import { ContractItem, ContractVersion, DatasetContract } from './contract.ts'
import { readContractVersions } from './contract-store.ts'
import type { OpenCatalogue } from './open.ts'
import { demandChange } from './rights.ts'

const closed = { additionalProperties: false } as const
const ByCode = Type.Object({ code: Type.String({ maxLength: 100 }) })

/** The contract of a dataset: read by whoever may read the data, replaced whole, every version kept. */
export function contractRoutes(catalogue: OpenCatalogue, records: Records, fourEyes: FourEyes): Route[] {
  const demand = (code: string): Dataset => {
    const dataset = catalogue.dataset(code)
    if (!dataset) throw refuse(404, 'unknown-dataset', { params: { dataset: code } })
    return dataset
  }
  const itemOf = (dataset: Dataset): ContractItem => ({
    dataset: dataset.code,
    version: dataset.version,
    ...contractOf(dataset, catalogue.terms(dataset.code)),
  })
  return [
    route({
      method: 'GET',
      path: '/api/datasets/{code}/contract',
      summary: "A dataset's contract: owner, class, schema, quality rules, freshness",
      params: ByCode,
      permission: 'public',
      responses: {
        200: { description: 'The contract; its ETag is that of the dataset', body: ContractItem },
      },
      handle({ params, caller }) {
        const dataset = demand(params.code)
        demandReadable(caller, dataset)
        return { status: 200, body: itemOf(dataset), headers: { etag: etag(dataset.version) } }
      },
    }),
    route({
      method: 'PUT',
      path: '/api/datasets/{code}/contract',
      summary: 'Replace the contract of a dataset',
      description:
        'Properties that are named and not yet in the dataset are added to it; none is taken away. 422 lists everything wrong, each with its JSON Pointer, rules also with line and column.',
      params: ByCode,
      body: Type.Object(
        {
          ...DatasetContract.properties,
          reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
        },
        closed,
      ),
      permission: 'catalogue.write',
      audit: 'dataset.contract',
      responses: { 200: { description: 'The contract as it is now', body: ContractItem } },
      async handle({ params, body, actor, caller, ifMatch }) {
        const before = demand(params.code)
        const { reason = null, ...contract } = body
        await demandChange(fourEyes, caller, before, contract)
        ifMatch(before.version, itemOf(before))
        const errors = await faultsOf(contract, catalogue)
        if (errors.length > 0)
          throw refuse(422, 'bad-contract', { params: { errors: errors.length }, errors })
        await catalogue.saveContract(actor, before.code, contract, { version: before.version, reason })
        const dataset = demand(params.code)
        return { status: 200, body: itemOf(dataset), headers: { etag: etag(dataset.version) } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/datasets/{code}/contract/check',
      summary: 'What would be wrong with a contract, without saving it',
      params: ByCode,
      body: DatasetContract,
      permission: 'catalogue.write',
      responses: {
        200: {
          description: 'An empty list when it could be saved',
          body: Type.Object({ errors: Type.Array(ProblemSchema) }, closed),
        },
      },
      async handle({ params, body, caller }) {
        demandReadable(caller, demand(params.code))
        return { status: 200, body: { errors: await faultsOf(body, catalogue) } }
      },
    }),
    route({
      method: 'GET',
      path: '/api/datasets/{code}/contract/versions',
      summary: 'Saved versions of a contract, newest first',
      params: ByCode,
      query: Type.Object({ ...Paging }, closed),
      permission: 'signed-in',
      responses: {
        200: { description: 'Versions with who saved them and why', body: Page(ContractVersion) },
      },
      async handle({ params, query, caller, cursor, nextCursor }) {
        const dataset = demand(params.code)
        demandReadable(caller, dataset)
        const limit = query.limit ?? 50
        const found = await readContractVersions(records, dataset.code, {
          limit: limit + 1,
          before: cursor() as number | undefined,
        })
        const items = found.slice(0, limit)
        return {
          status: 200,
          body: { items, nextCursor: found.length > limit ? nextCursor(items.at(-1)!.version) : null },
        }
      },
    }),
  ]
}

/** The check reads rules with the expression language, a large library: a start does not wait for it. */
async function faultsOf(contract: DatasetContract, catalogue: OpenCatalogue) {
  const { checkContract } = await import('./check-contract.ts')
  return checkContract(contract, catalogue)
}
