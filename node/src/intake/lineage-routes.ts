import { Type } from 'typebox'
import { type Route, route } from '../http/declare.ts'
import { HttpProblem, refuse } from '../http/problem.ts'
import { LineageAnswer } from '../observations/contract.ts'
import { itemOf } from '../observations/latest-item.ts'
import { demandTraced, type ReadTrail } from '../observations/sensitive-reads.ts'
import { type LineageRooms, originsOf } from './lineage.ts'

/** Where a value came from. */
export function lineageRoutes(rooms: LineageRooms & { trail: ReadTrail }): Route[] {
  const { observations, catalogue, trail } = rooms
  return [
    route({
      method: 'GET',
      path: '/api/observations/{seq}/lineage',
      summary: 'Where a value came from: every version of its fact with door, person, file, row and reason',
      params: Type.Object({ seq: Type.String({ pattern: '^[1-9][0-9]{0,14}$' }) }),
      permission: 'signed-in',
      responses: { 200: { description: 'Versions, newest first', body: LineageAnswer } },
      async handle(request) {
        const versions = await observations.fact(Number(request.params.seq))
        const asked = versions.find(({ seq }) => seq === Number(request.params.seq))
        const dataset = asked && catalogue.dataset(asked.dataset)
        const unknown = refuse(404, 'unknown-observation', { params: { seq: request.params.seq } })
        if (!asked || !dataset) throw unknown
        // The attempt on a restricted dataset is written down; that there is such a row stays a secret.
        await demandTraced(trail, request, dataset).catch((error: unknown) => {
          throw error instanceof HttpProblem && error.status === 404 ? unknown : error
        })
        return {
          status: 200,
          body: {
            observation: { ...itemOf(asked), seq: asked.seq, current: asked.current },
            versions: await originsOf(rooms, versions),
          },
        }
      },
    }),
  ]
}
