import type { Logger } from 'pino'
import type { Settings } from '../../config.ts'
import type { Identity } from '../../identity/identity.ts'
import type { ReadTrail } from '../../observations/sensitive-reads.ts'
import type { IntakeRooms } from '../admit.ts'
import type { Broker } from './broker.ts'
import { callersByName } from './caller-named.ts'
import { Receiver } from './receiver.ts'
import type { Sources } from './sources.ts'
import { ValuesOut } from './values-out.ts'

export interface MqttOptions {
  settings: Settings
  profile: 'demo' | 'empty'
  nodeId: string
  identity: Pick<Identity, 'authenticate' | 'callerOf' | 'records'>
  rooms: IntakeRooms
  trail: ReadTrail
  sources: Sources
  log: Logger
}

/**
 * Opens the MQTT door that the settings ask for: the installation's own broker when one is named, else the embedded one
 * on its port. Without either a demo takes any free port and an empty node has no such door.
 */
export async function openMqtt(options: MqttOptions): Promise<Broker | null> {
  const { settings, profile, identity, rooms, trail, sources, log } = options
  const port = settings.mqttPort ?? (profile === 'demo' && settings.mqttUrl === undefined ? 0 : 'off')
  if (port === 'off' && settings.mqttUrl === undefined) return null
  const shared = {
    receiver: new Receiver(rooms, sources),
    values: new ValuesOut({ ...rooms, trail }),
    sources,
    log,
  }
  if (settings.mqttUrl !== undefined) {
    const { openExternalBroker } = await import('./external-broker.ts')
    return openExternalBroker({
      ...shared,
      url: settings.mqttUrl,
      nodeId: options.nodeId,
      callerNamed: callersByName(identity),
    })
  }
  const { openBroker } = await import('./broker.ts')
  const { tlsCert, tlsKey } = settings
  return openBroker({
    ...shared,
    host: settings.host,
    port: port as number,
    ...(tlsCert && tlsKey ? { tls: { cert: tlsCert, key: tlsKey } } : {}),
    authenticate: (credentials) => identity.authenticate(credentials),
  })
}
