import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Static, type TSchema, Type } from 'typebox'
import { compile, problemsOf } from './http/validation.ts'
import { fourEyesActions } from './identity/contract.ts'
import { nearest } from './nearest.ts'
import { exitCodes, Stop } from './stop.ts'

/** How a setting is told besides by its own name in `DIR/nhip.json`: the name of its flag is that name with hyphens. */
interface Told {
  env?: string
  /** `true`: the whole value. `credentials`: user and password inside its addresses. */
  secret?: true | 'credentials'
}

const told: Record<string, Told> = {}

function setting<T extends TSchema>(name: string, schema: T, how: Told = {}): T {
  told[name] = how
  return schema
}

/** Everything that can be set, once: flag > environment > `DIR/nhip.json` > default. */
export const Settings = Type.Object(
  {
    data: setting('data', Type.String({ default: './data', description: 'data folder' }), {
      env: 'NHIP_DATA',
    }),
    host: setting('host', Type.String({ default: '127.0.0.1' }), { env: 'NHIP_HOST' }),
    port: setting('port', Type.Integer({ minimum: 0, maximum: 65535, default: 8080 }), { env: 'NHIP_PORT' }),
    profile: setting('profile', Type.Optional(Type.Enum(['demo', 'empty'] as const)), {
      env: 'NHIP_PROFILE',
    }),
    demoPublic: setting(
      'demoPublic',
      Type.Boolean({
        default: false,
        description: 'let the demo, whose passwords are public, listen beyond this computer',
      }),
    ),
    mqttPort: setting(
      'mqttPort',
      Type.Optional(
        Type.Union([Type.Integer({ minimum: 0, maximum: 65535 }), Type.Literal('off')], {
          description:
            'port of the embedded MQTT broker, or off; any free one in a demo, off otherwise and with mqttUrl',
        }),
      ),
      { env: 'NHIP_MQTT_PORT' },
    ),
    mqttUrl: setting(
      'mqttUrl',
      Type.Optional(
        Type.String({
          pattern: '^mqtts?://',
          description: 'MQTT 5 broker of your own that readings are taken from, in place of the embedded one',
        }),
      ),
      { env: 'NHIP_MQTT_URL', secret: true },
    ),
    tlsCert: setting('tlsCert', Type.Optional(Type.String()), { env: 'NHIP_TLS_CERT' }),
    tlsKey: setting('tlsKey', Type.Optional(Type.String()), { env: 'NHIP_TLS_KEY' }),
    insecureHttp: setting(
      'insecureHttp',
      Type.Boolean({
        default: false,
        description: 'serve beyond this computer without TLS or a trusted proxy',
      }),
    ),
    baseUrl: setting('baseUrl', Type.Optional(Type.String({ format: 'uri' })), { env: 'NHIP_BASE_URL' }),
    databaseUrl: setting('databaseUrl', Type.Optional(Type.String()), { env: 'DATABASE_URL', secret: true }),
    bootstrapToken: setting('bootstrapToken', Type.Optional(Type.String({ minLength: 24 })), {
      env: 'NHIP_BOOTSTRAP_TOKEN',
      secret: true,
    }),
    duckdbMemory: setting('duckdbMemory', Type.Optional(Type.String({ pattern: '^\\d+ ?[KMG]i?B$' })), {
      env: 'NHIP_DUCKDB_MEMORY',
    }),
    trustProxy: setting(
      'trustProxy',
      Type.Array(Type.String({ pattern: '^[0-9a-fA-F.:]+(/\\d{1,3})?$' }), {
        default: [],
        description: 'addresses and CIDRs whose forwarded headers are believed',
      }),
      { env: 'NHIP_TRUST_PROXY' },
    ),
    origins: setting('origins', Type.Array(Type.String({ format: 'uri' }), { default: [] })),
    tsa: setting(
      'tsa',
      Type.Array(Type.String({ format: 'uri' }), {
        default: [],
        description:
          'time-stamping authorities (RFC 3161), tried in turn; none by default: nothing is sent out',
      }),
      { env: 'NHIP_TSA', secret: 'credentials' },
    ),
    tsaAnchors: setting(
      'tsaAnchors',
      Type.Optional(
        Type.String({ description: 'PEM file of the certificates that those authorities lead to' }),
      ),
      { env: 'NHIP_TSA_ANCHORS' },
    ),
    witnesses: setting(
      'witnesses',
      Type.Array(Type.String({ pattern: '^https?://\\S+ \\S+\\+[0-9a-f]{8}\\+\\S+$' }), {
        default: [],
        description:
          "nodes that cosign this ledger's heads: address of their /witness and their key, with a space between",
      }),
      { env: 'NHIP_WITNESSES', secret: 'credentials' },
    ),
    watchedLogs: setting(
      'watchedLogs',
      Type.Array(Type.String({ pattern: '^\\S+\\+[0-9a-f]{8}\\+\\S+$' }), {
        default: [],
        description: 'keys of the ledgers whose heads this node cosigns as a witness',
      }),
      { env: 'NHIP_WATCHED_LOGS' },
    ),
    fourEyes: setting(
      'fourEyes',
      Type.Array(Type.Enum(fourEyesActions), {
        default: [...fourEyesActions],
        description: 'actions that take two persons, wherever a second one could approve',
      }),
      { env: 'NHIP_FOUR_EYES' },
    ),
    requestsPerSecond: setting('requestsPerSecond', Type.Integer({ minimum: 1, default: 100 })),
    requestBurst: setting('requestBurst', Type.Integer({ minimum: 1, default: 400 })),
    unlimitedLoopback: setting(
      'unlimitedLoopback',
      Type.Boolean({
        default: true,
        description:
          'no rate limit for tokens used from this computer: load generators and gateways beside the node',
      }),
    ),
    pages: setting('pages', Type.Optional(Type.String({ description: 'folder of the built pages' }))),
    lang: setting('lang', Type.Enum(['vi', 'en'] as const, { default: 'vi' }), { env: 'NHIP_LANG' }),
    log: setting('log', Type.Enum(['debug', 'info', 'warn', 'error'] as const, { default: 'info' }), {
      env: 'NHIP_LOG',
    }),
  },
  { additionalProperties: false },
)
export type Settings = Static<typeof Settings>

const schemas = Settings.properties as Record<
  string,
  TSchema & { type?: string; anyOf?: { type?: string }[] }
>

export const settingNames = Object.keys(schemas)

/** `tlsCert` → `--tls-cert`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/**
 * Flags as text by setting name; the flags win over the environment, which wins over the file of the data folder.
 *
 * @throws {Stop} with exit code 2, naming a key that is not known and the nearest that is.
 */
export function readSettings(
  flags: Record<string, string>,
  env: Record<string, string | undefined>,
): Settings {
  const chosen: Record<string, unknown> = {}
  const folder = flags.data ?? env.NHIP_DATA ?? './data'
  Object.assign(chosen, fromFile(join(folder, 'nhip.json')))
  for (const [name, how] of Object.entries(told)) {
    const value = how.env === undefined ? undefined : env[how.env]
    if (value !== undefined && value !== '') chosen[name] = typed(name, value)
  }
  for (const [name, text] of Object.entries(flags)) {
    if (!(name in schemas)) throw unknownKey(flagOf(name), settingNames.map(flagOf))
    chosen[name] = typed(name, text)
  }
  chosen.data = folder
  const check = compile(Settings, 'body')
  if (!check(chosen)) {
    const [first] = problemsOf(check.errors)
    const name = first?.path?.split('/')[1] ?? ''
    const shown = told[name]?.secret ? '…' : JSON.stringify(chosen[name])
    throw new Stop(exitCodes.unusable, {
      vi: `Cấu hình ${flagOf(name)} = ${shown} không hợp lệ: ${first?.message.vi}`,
      en: `Setting ${flagOf(name)} = ${shown} is invalid: ${first?.message.en}`,
    })
  }
  return demandSafe(chosen as Settings)
}

/** The settings without secrets, for `GET /api/config` and the log. */
export function publicSettings(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => told[name]?.secret !== true)
      .map(([name, value]) => [name, told[name]?.secret ? masked(value) : value]),
  )
}

/** Stands for what was left out of an address; an address with it is not asked. */
const leftOut = '***'

/** Addresses as they may be shown and copied: user and password replaced. */
function masked(addresses: unknown): unknown {
  if (!Array.isArray(addresses)) return addresses
  return addresses.map((address) => String(address).replace(/\/\/[^/\s]*@/, `//${leftOut}@`))
}

function fromFile(file: string): Record<string, unknown> {
  if (!existsSync(file)) return {}
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new Stop(
      exitCodes.unusable,
      {
        vi: `Không đọc được ${file}: không phải JSON đúng cú pháp.`,
        en: `Cannot read ${file}: not well-formed JSON.`,
      },
      cause,
    )
  }
  for (const key of Object.keys(content as object))
    if (!(key in schemas)) throw unknownKey(key, settingNames, file)
  return content as Record<string, unknown>
}

function unknownKey(key: string, known: string[], file?: string): Stop {
  const near = nearest(key, known)
  const place = file === undefined ? '' : ` (${file})`
  return new Stop(exitCodes.unusable, {
    vi: `Không có cấu hình "${key}"${place}.${near ? ` Có phải "${near}"?` : ''}`,
    en: `There is no setting "${key}"${place}.${near ? ` Did you mean "${near}"?` : ''}`,
  })
}

/** Text of a flag or variable as the type its schema asks for; what does not fit is left for the check to refuse. */
function typed(name: string, text: string): unknown {
  const { type, anyOf } = schemas[name] ?? {}
  const types = anyOf ? anyOf.map((one) => one.type) : [type]
  if (types.includes('integer')) return /^-?\d+$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' || text === '' ? true : text === 'false' ? false : text
  if (type === 'array')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  return text
}

const loopback = /^(localhost|127(\.\d+){3}|::1)$/

function demandSafe(settings: Settings): Settings {
  const beyond = !loopback.test(settings.host)
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined))
    throw new Stop(exitCodes.unusable, {
      vi: '--tls-cert và --tls-key phải đi cùng nhau.',
      en: '--tls-cert and --tls-key go together.',
    })
  if (beyond && settings.tlsCert === undefined && settings.trustProxy.length === 0 && !settings.insecureHttp)
    throw new Stop(exitCodes.unusable, {
      vi: `Địa chỉ ${settings.host} mở ra ngoài máy này mà không có TLS. Dùng --tls-cert và --tls-key, hoặc --trust-proxy khi có máy chủ chuyển tiếp, hoặc --insecure-http nếu chấp nhận.`,
      en: `The address ${settings.host} is reachable from outside without TLS. Use --tls-cert and --tls-key, or --trust-proxy behind a proxy, or --insecure-http to accept that.`,
    })
  if (typeof settings.mqttPort === 'number') demandSafeMqtt(settings)
  for (const name of ['tsa', 'witnesses'] as const)
    if (settings[name].some((address) => address.includes(`//${leftOut}@`)))
      throw new Stop(exitCodes.unusable, {
        vi: `Địa chỉ ở ${flagOf(name)} thiếu tên và mật khẩu: bản sao lưu không giữ chúng. Ghi lại vào chỗ ${leftOut}.`,
        en: `An address of ${flagOf(name)} lacks its user and password: backups do not keep them. Write them again in place of ${leftOut}.`,
      })
  return settings
}

/** A proxy before the node protects HTTP alone: the embedded broker takes TLS of its own, or an explicit consent. */
function demandSafeMqtt(settings: Settings): void {
  if (loopback.test(settings.host) || settings.mqttUrl !== undefined) return
  if (settings.tlsCert !== undefined || settings.insecureHttp) return
  throw new Stop(exitCodes.unusable, {
    vi: `Cổng MQTT ở ${settings.host} mở ra ngoài máy này mà không có TLS; máy chủ chuyển tiếp chỉ bảo vệ HTTP. Dùng --tls-cert và --tls-key, hoặc --mqtt-port off, hoặc --insecure-http nếu chấp nhận.`,
    en: `MQTT at ${settings.host} is reachable from outside without TLS; a proxy protects HTTP alone. Use --tls-cert and --tls-key, or --mqtt-port off, or --insecure-http to accept that.`,
  })
}

/**
 * Refuses to show the demo, whose passwords anybody can read, to the network without consent; and its MQTT door, which is
 * open without being asked for, without TLS.
 */
export function demandPrivateDemo(settings: Settings, profile: 'demo' | 'empty'): void {
  if (profile !== 'demo' || loopback.test(settings.host)) return
  if (settings.demoPublic) {
    if (settings.mqttPort === undefined) demandSafeMqtt(settings)
    return
  }
  throw new Stop(exitCodes.unusable, {
    vi: `Bản trình diễn có mật khẩu công khai nên chỉ chạy trên máy này; thêm --demo-public nếu vẫn muốn mở ở ${settings.host}.`,
    en: `The demo has public passwords and listens on this computer only; add --demo-public to open it on ${settings.host} all the same.`,
  })
}
