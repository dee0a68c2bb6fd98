import { type Static, Type } from 'typebox'

/** A source that has been heard over MQTT since the node started (`GET /api/gateways`). */
export const GatewayItem = Type.Object(
  {
    source: Type.String({ description: 'user name of the source' }),
    state: Type.Enum(['online', 'offline', 'unknown'] as const, {
      description: 'what the source says of itself on its topic `status`, its will included',
    }),
    stateSince: Type.Union([Type.String(), Type.Null()]),
    lastMessageAt: Type.Union([Type.String(), Type.Null()]),
    messages: Type.Integer(),
    accepted: Type.Integer({ description: 'readings stored' }),
    unchanged: Type.Integer({ description: 'readings that repeated what was known' }),
    flagged: Type.Integer(),
    rejected: Type.Integer({ description: 'readings refused, reported on the topic `error`' }),
    lost: Type.Integer({
      description: 'messages of QoS 0 that could not be stored: nobody sends them again',
    }),
  },
  { additionalProperties: false },
)
export type GatewayItem = Static<typeof GatewayItem>
