import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { etag } from '../http/etag.ts'
import { JobItem, jobItem } from '../http/job-routes.ts'
import { Page, Paging, pageOf } from '../http/paging.ts'
import { refuse } from '../http/problem.ts'
import type { Blobs } from '../records/blobs.ts'
import type { Records } from '../records/contract.ts'
import { findJob } from '../records/jobs.ts'
import {
  SimulationCost,
  SimulationDetail,
  SimulationItem,
  SimulationRequest,
  SynthRequest,
} from './contract.ts'
import type { Simulations } from './simulations.ts'

const closed = { additionalProperties: false } as const
const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })
const reportTypes = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const
const largestRequest = 8 * 1024 * 1024

export interface SimulationRooms {
  simulations: Simulations
  records: Records
  blobs: Blobs
}

/** What analysts do: make populations, simulate, read the results. */
export function simulationRoutes({ simulations, records, blobs }: SimulationRooms): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/populations/{id}/synth',
      summary: 'Make a synthetic population and keep it, as a job',
      params: Type.Object({ id: Type.String() }),
      body: SynthRequest,
      permission: 'policies.simulate',
      audit: 'population.synth',
      idempotent: true,
      responses: { 202: { description: 'Queued', body: JobItem } },
      async handle({ params, body, actor }) {
        const id = await simulations.synth(actor, { id: params.id, ...body })
        const job = await findJob(records, id)
        if (!job) throw refuse(404, 'unknown-job', { params: { job: id } })
        return { status: 202, body: jobItem(job), headers: { location: `/api/jobs/${id}` } }
      },
    }),
    route({
      method: 'POST',
      path: '/api/simulations',
      summary: 'Simulate a law, or a law and its reform, on a synthetic population, as a job',
      description:
        'The law is loaded and checked first: one with errors is refused with file, line and column. The bundle with `files` and reforms is the reform side; with `base` alone, the bundle as it stands.',
      body: SimulationRequest,
      bodyLimit: largestRequest,
      permission: 'policies.simulate',
      audit: 'simulation.request',
      idempotent: true,
      responses: { 202: { description: 'Queued', body: SimulationItem } },
      async handle({ body, actor, caller }) {
        const id = await simulations.add(actor, body, caller.username)
        return {
          status: 202,
          body: await simulations.item(id),
          headers: { location: `/api/simulations/${id}` },
        }
      },
    }),
    route({
      method: 'POST',
      path: '/api/simulations/cost',
      summary: 'What a simulation would cost, and what is wrong with its law; nothing is queued',
      body: SimulationRequest,
      bodyLimit: largestRequest,
      permission: 'policies.simulate',
      responses: { 200: { description: 'Passes over the population', body: SimulationCost } },
      handle: async ({ body }) => ({ status: 200, body: await simulations.cost(body) }),
    }),
    route({
      method: 'GET',
      path: '/api/simulations',
      summary: 'Simulations, newest first',
      query: Type.Object({ ...Paging, policy: Type.Optional(Type.String()) }, closed),
      permission: 'policies.simulate',
      responses: { 200: { description: 'Simulations', body: Page(SimulationItem) } },
      async handle({ query, cursor, nextCursor }) {
        const limit = query.limit ?? 50
        const found = await simulations.items({
          limit: limit + 1,
          before: cursor() as string | undefined,
          policy: query.policy,
        })
        return { status: 200, body: pageOf(found, limit, ({ id }) => nextCursor(id)) }
      },
    }),
    route({
      method: 'GET',
      path: '/api/simulations/{id}',
      summary: 'One simulation: request, state, result, certificate',
      params: ById,
      permission: 'policies.simulate',
      responses: { 200: { description: 'The simulation', body: SimulationDetail } },
      handle: async ({ params }) => ({ status: 200, body: await simulations.detail(params.id) }),
    }),
    route({
      method: 'GET',
      path: '/api/simulations/{id}/result',
      summary: 'The report of a simulation as it was certified, with all digits',
      params: ById,
      permission: 'policies.simulate',
      responses: {
        200: { description: 'simulation/1', type: 'application/json; charset=utf-8' },
      },
      async handle({ params }) {
        const sha256 = await simulations.result(params.id)
        return { status: 200, headers: { etag: etag(sha256) }, body: blobs.read(sha256) }
      },
    }),
    ...(['xlsx', 'pdf'] as const).map((format) =>
      route({
        method: 'GET',
        path: `/api/simulations/{id}/report.${format}`,
        summary: `The report of a simulation for people, as ${format.toUpperCase()}: tables, assumptions, articles of law, certificate`,
        params: ById,
        query: Type.Object({ lang: Type.Optional(Type.Enum(['vi', 'en'], { default: 'vi' })) }, closed),
        permission: 'policies.simulate',
        responses: { 200: { description: 'The report', type: reportTypes[format] } },
        async handle({ params, query }) {
          return {
            status: 200,
            headers: { 'content-disposition': `attachment; filename="mo-phong-${params.id}.${format}"` },
            body: await simulations.report(params.id, format, query.lang ?? 'vi'),
          }
        },
      }),
    ),
    route({
      method: 'POST',
      path: '/api/simulations/{id}/cancel',
      summary: "Ask a simulation to stop: one's own, or any for who may stop all work",
      params: ById,
      permission: 'policies.simulate',
      audit: 'job.cancel',
      responses: { 202: { description: 'Asked', body: SimulationItem } },
      async handle({ params, caller, actor }) {
        const { createdBy } = await simulations.item(params.id)
        if (createdBy !== caller.username && !caller.holds('jobs.cancel', null))
          throw refuse(403, 'not-permitted', { params: { permission: 'jobs.cancel' } })
        await simulations.cancel(actor, params.id)
        return { status: 202, body: await simulations.item(params.id) }
      },
    }),
  ]
}
