import { Type } from 'typebox'
import { type Route, route } from '../../http/declare.ts'
import { GatewayItem } from './contract.ts'
import type { Sources } from './sources.ts'

/** What the node knows of the devices that send over MQTT. */
export function gatewayRoutes(sources: Sources): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/gateways',
      summary: "Sources heard over MQTT since the node started: one's own, and all for who may stop all work",
      permission: 'jobs.read',
      responses: {
        200: {
          description: 'Sources by name',
          body: Type.Object({ items: Type.Array(GatewayItem) }, { additionalProperties: false }),
        },
      },
      handle: ({ caller }) => {
        const all = caller.holds('jobs.cancel', null)
        const items = sources.items().filter(({ source }) => all || source === caller.username)
        return { status: 200, body: { items } }
      },
    }),
  ]
}
