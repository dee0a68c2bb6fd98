import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import { readSettings } from '../config.ts'
import type { Role } from '../identity/contract.ts'
import type { Scope } from '../identity/permissions.ts'
import { addUser, createToken } from '../identity/users.ts'
import { newLog, type OpenNode, openNode } from '../main.ts'
import type { Status } from '../observations/contract.ts'
import type { NewObservation } from '../observations/observations.ts'

export const actor = { id: 'test' }
export const station = 'urn:nhip:AirStation:001'

/** A node on a folder of its own, without HTTP, that knows one station, PM2.5 and three datasets. */
export class TestNode {
  readonly node: OpenNode
  readonly tokens: Record<string, string> = {}
  readonly #folder: string
  readonly #at = Date.now()

  private constructor(node: OpenNode, folder: string) {
    this.node = node
    this.#folder = folder
  }

  static async open(): Promise<TestNode> {
    const folder = mkdtempSync(join(tmpdir(), 'nhip-mqtt-'))
    const node = await openNode({
      settings: readSettings({ data: join(folder, 'data'), profile: 'empty' }, {}),
      log: newLog('error'),
      passwordCost: 10,
    })
    const { catalogue } = node
    await catalogue.saveDatasets(actor, [
      { code: 'air', name: { vi: 'Không khí', en: 'Air' }, class: 'open' },
      { code: 'secret', name: { vi: 'Kín', en: 'Secret' }, class: 'restricted' },
    ])
    await catalogue.saveProperties(actor, [
      {
        code: 'pm25',
        name: { vi: 'Bụi mịn PM2.5', en: 'PM2.5' },
        kind: 'number',
        uom: 'ug/m3',
        preferredDataset: 'air',
      },
      { code: 'state', name: { vi: 'Trạng thái', en: 'State' }, kind: 'text' },
      { code: 'share', name: { vi: 'Tỷ lệ', en: 'Share' }, kind: 'ratio' },
    ])
    await catalogue.saveEntities(actor, [
      { id: station, type: 'AirStation', name: { vi: 'Trạm 001', en: '' } },
      { id: 'urn:nhip:AirStation:a/b+c#d%e', type: 'AirStation', name: { vi: 'Trạm lạ', en: '' } },
    ])
    await catalogue.link(actor, 'air', ['pm25', 'state', 'share'])
    await catalogue.link(actor, 'secret', ['pm25'])
    return new TestNode(node, folder)
  }

  /** A user with a token of the given scopes. */
  async user(username: string, role: Role, scopes: Scope[]): Promise<void> {
    const { identity } = this.node
    await addUser(identity, actor, {
      username,
      displayName: username,
      password: 'mat-khau-thu-nghiem',
      memberships: [{ unit: '*', role }],
    })
    const made = await createToken(identity, actor, { username, name: 'test', scopes, expiresAt: null })
    this.tokens[username] = made.token
  }

  /** Connects with the token of a user; a connection that is closed stays closed. */
  connect(url: string, username: string, more: IClientOptions = {}): Promise<MqttClient> {
    return mqtt.connectAsync(
      url,
      { username, password: this.tokens[username] ?? '', protocolVersion: 4, reconnectPeriod: 0, ...more },
      false,
    )
  }

  async revoke(username: string): Promise<void> {
    const { identity, records } = this.node
    await records.tx(actor, async (tx) => {
      await tx.db
        .updateTable('token')
        .set({ revoked_at: tx.at })
        .where('user_id', '=', tx.db.selectFrom('user_account').select('id').where('username', '=', username))
        .execute()
      tx.audit({ action: 'token.revoke', targetType: 'user', targetId: username })
    })
    identity.forget()
  }

  /** Stores a value of now, past the doors. */
  async append(
    row: Pick<NewObservation, 'dataset' | 'entity' | 'property' | 'value'> & { status?: Status },
  ): Promise<void> {
    const uom = 0
    await this.node.observations.append([
      { breakdown: '', from: this.#at, to: null, uom, status: 'A', quality: 0, source: 'test', ...row },
    ])
  }

  async close(): Promise<void> {
    await this.node.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
