import { type Static, Type } from 'typebox'
import { type Records, SYSTEM } from '../records/contract.ts'
import { cancelJob, findJob, type JobView, readJobs } from '../records/jobs.ts'
import type { Caller } from './caller.ts'
import { Message } from './contract.ts'
import { type Route, route } from './declare.ts'
import { Page, Paging, pageOf } from './paging.ts'
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
    createdBy: Type.String({ description: 'user name, or a name such as `system`' }),
    cancelRequested: Type.Boolean(),
    createdAt: Type.String(),
    finishedAt: Type.Union([Type.String(), Type.Null()]),
  },
  { additionalProperties: false },
)
export type JobItem = Static<typeof JobItem>

const ById = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** Whether a caller may know of a job: their own, the program's, and everybody's for who may stop them all. */
export function maySeeJob(caller: Caller, createdBy: string): boolean {
  return createdBy === SYSTEM.id || isOwn(caller, createdBy) || caller.holds('jobs.cancel', null)
}

/** Long work and how far it is. */
export function jobRoutes(records: Records): Route[] {
  const demand = async (caller: Caller, id: string): Promise<JobView> => {
    const job = await findJob(records, id)
    if (!job || !maySeeJob(caller, job.createdBy)) throw refuse(404, 'unknown-job', { params: { job: id } })
    return job
  }
  return [
    route({
      method: 'GET',
      path: '/api/jobs',
      summary: "Long work, newest first: the program's, one's own, and everybody's for who may stop it",
      query: Type.Object(
        { ...Paging, state: Type.Optional(Type.Enum(states)) },
        { additionalProperties: false },
      ),
      permission: 'public',
      responses: { 200: { description: 'Jobs', body: Page(JobItem) } },
      async handle({ query, caller, cursor, nextCursor }) {
        const limit = query.limit ?? 50
        const found = await readJobs(records, {
          createdBy: caller.holds('jobs.cancel', null) ? null : [SYSTEM.id, caller.id ?? caller.username],
          state: query.state,
          before: cursor() as string | undefined,
          limit: limit + 1,
        })
        const { items, nextCursor: next } = pageOf(found, limit, ({ id }) => nextCursor(id))
        return {
          status: 200,
          body: { items: items.map((job) => shownTo(caller, job)), nextCursor: next },
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
      async handle({ params, caller }) {
        return { status: 200, body: shownTo(caller, await demand(caller, params.id)) }
      },
    }),
    route({
      method: 'POST',
      path: '/api/jobs/{id}/cancel',
      summary: "Ask a job to stop: one of one's own, or any for who may stop them all",
      params: ById,
      permission: 'jobs.read',
      audit: 'job.cancel',
      responses: { 202: { description: 'Asked', body: JobItem } },
      async handle({ params, caller, actor }) {
        const job = await demand(caller, params.id)
        if (!isOwn(caller, job.createdBy) && !caller.holds('jobs.cancel', null))
          throw refuse(403, 'not-permitted', { params: { permission: 'jobs.cancel' } })
        await cancelJob(records, actor, job.id)
        return { status: 202, body: jobItem(await demand(caller, job.id)) }
      },
    }),
  ]
}

function isOwn(caller: Caller, createdBy: string): boolean {
  return caller.kind !== 'anonymous' && createdBy === (caller.id ?? caller.username)
}

/** Of the program's own work others see how far it is, not what went wrong inside. */
function shownTo(caller: Caller, job: JobView): JobItem {
  return isOwn(caller, job.createdBy) || caller.holds('jobs.cancel', null) ? jobItem(job) : progressItem(job)
}

/** A job without what it ended in. */
export function progressItem(job: JobView): JobItem {
  return { ...jobItem(job), result: null, error: null }
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
    createdBy: job.createdByUser ?? job.createdBy,
    cancelRequested: job.cancelRequested,
    createdAt,
    finishedAt,
  }
}
