import { type Static, Type } from 'typebox'
import type { Records } from '../records/contract.ts'
import { cancelJob, findJob, type JobView } from '../records/jobs.ts'
import { Message } from './contract.ts'
import { type Route, route } from './declare.ts'
import { Page, Paging } from './paging.ts'
import { refuse } from './problem.ts'

const states = ['queued', 'running', 'done', 'dead', 'cancelled'] as const

export const JobItem = Type.Object(
  {
    id: Type.String(),
    kind: Type.String(),
    state: Type.Enum(states),
    done: Type.Integer(),
    total: Type.Union([Type.Integer(), Type.Null()]),
    message: Type.Union([Message, Type.Null()]),
    result: Type.Unknown(),
    error: Type.Unknown(),
    createdAt: Type.String(),
    finishedAt: Type.Union([Type.String(), Type.Null()]),
  },
  { additionalProperties: false },
)
export type JobItem = Static<typeof JobItem>

const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** Long work and how far it is. */
export function jobRoutes(records: Records): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/jobs',
      summary: 'Long work, newest first',
      query: Type.Object(
        { ...Paging, state: Type.Optional(Type.Enum(states)) },
        { additionalProperties: false },
      ),
      permission: 'public',
      responses: { 200: { description: 'Jobs', body: Page(JobItem) } },
      async handle({ query, cursor, nextCursor }) {
        const limit = query.limit ?? 50
        const before = cursor() as string | undefined
        const rows = await records.read((db) => {
          let jobs = db
            .selectFrom('job')
            .select('id')
            .orderBy('id', 'desc')
            .limit(limit + 1)
          if (query.state !== undefined) jobs = jobs.where('state', '=', query.state)
          return before === undefined ? jobs : jobs.where('id', '<', before)
        })
        const items: JobItem[] = []
        for (const { id } of rows.slice(0, limit)) {
          const job = await findJob(records, id)
          if (job) items.push(jobItem(job))
        }
        return {
          status: 200,
          body: { items, nextCursor: rows.length > limit ? nextCursor(items.at(-1)!.id) : null },
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/jobs/{id}',
      summary: 'One job',
      params: ById,
      permission: 'public',
      responses: { 200: { description: 'The job', body: JobItem } },
      async handle({ params }) {
        const job = await findJob(records, params.id)
        if (!job) throw refuse(404, 'unknown-job', { params: { job: params.id } })
        return { status: 200, body: jobItem(job) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/jobs/{id}/cancel',
      summary: 'Ask a job to stop',
      params: ById,
      permission: 'jobs.cancel',
      audit: 'job.cancel',
      responses: { 202: { description: 'Asked', body: JobItem } },
      async handle({ params, actor }) {
        await cancelJob(records, actor, params.id)
        const job = await findJob(records, params.id)
        if (!job) throw refuse(404, 'unknown-job', { params: { job: params.id } })
        return { status: 202, body: jobItem(job) }
      },
    }),
  ]
}

/** A job as the API shows it. */
export function jobItem(job: JobView): JobItem {
  const { id, kind, state, done, total, message, result, error, createdAt, finishedAt } = job
  return {
    id,
    kind,
    state,
    done,
    total,
    message: (message as JobItem['message']) ?? null,
    result,
    error,
    createdAt,
    finishedAt,
  }
}
