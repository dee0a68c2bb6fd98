import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { demandPrivateDemo, flagOf, publicSettings, readSettings } from './config.ts'
import { Stop } from './stop.ts'

function folder(file?: object | string) {
  const data = mkdtempSync(join(tmpdir(), 'nhip-config-'))
  if (file) writeFileSync(join(data, 'nhip.json'), typeof file === 'string' ? file : JSON.stringify(file))
  return data
}

function refusal(work: () => unknown): Stop {
  try {
    work()
  } catch (error) {
    if (error instanceof Stop) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('flag > environment > file > default', () => {
  test('each wins over the next', () => {
    const data = folder({ port: 3000 })
    expect(readSettings({ data: folder() }, {}).port).toBe(8080)
    expect(readSettings({ data }, {}).port).toBe(3000)
    expect(readSettings({ data }, { NHIP_PORT: '4000' }).port).toBe(4000)
    expect(readSettings({ data, port: '5000' }, { NHIP_PORT: '4000' }).port).toBe(5000)
  })

  test('the MQTT port is a number, off, or not said', () => {
    expect(readSettings({ data: folder() }, {}).mqttPort).toBeUndefined()
    expect(readSettings({ data: folder({ mqttPort: 1883 }) }, {}).mqttPort).toBe(1883)
    expect(readSettings({ data: folder(), mqttPort: '1884' }, { NHIP_MQTT_PORT: 'off' }).mqttPort).toBe(1884)
    expect(readSettings({ data: folder() }, { NHIP_MQTT_PORT: 'off' }).mqttPort).toBe('off')
    const stop = refusal(() => readSettings({ data: folder(), mqttPort: 'on' }, {}))
    expect(stop.text.en).toContain('--mqtt-port = "on"')
  })

  test("the address of a broker, with its password, is nobody else's business", () => {
    const settings = readSettings({ data: folder() }, { NHIP_MQTT_URL: 'mqtts://node:secret@broker.local' })
    expect(settings.mqttUrl).toBe('mqtts://node:secret@broker.local')
    expect(JSON.stringify(publicSettings(settings))).not.toContain('secret')
  })

  test('user and password inside the addresses of stamps and witnesses are shown to nobody, the addresses are', () => {
    const tsa = ['https://hue:geheim@tsa.example/q', 'https://free.example/']
    const witnesses = ['https://hue:ge@heim@quoc-gia.example/witness quoc-gia+01234567+Az']
    const settings = readSettings({ data: folder({ tsa, witnesses }) }, {})
    expect(settings.tsa).toEqual(tsa)
    expect(publicSettings(settings)).toMatchObject({
      tsa: ['https://***@tsa.example/q', 'https://free.example/'],
      witnesses: ['https://***@quoc-gia.example/witness quoc-gia+01234567+Az'],
    })
    const shown = publicSettings(settings)
    expect(refusal(() => readSettings({ data: folder({ tsa: shown.tsa }) }, {})).text.en).toContain('--tsa')
    const wrong = refusal(() => readSettings({ data: folder({ witnesses: ['hue:geheim@x'] }) }, {}))
    expect(wrong.text.en).toContain('--witnesses')
    expect(wrong.text.en).not.toContain('geheim')
  })

  test('an empty variable is none', () => {
    expect(readSettings({ data: folder() }, { NHIP_PORT: '', DATABASE_URL: '' }).databaseUrl).toBeUndefined()
  })
})

describe('what cannot be is refused with exit code 2', () => {
  test('an unknown key of the file, with the nearest one', () => {
    const stop = refusal(() => readSettings({ data: folder({ prot: 1 }) }, {}))
    expect(stop.exitCode).toBe(2)
    expect(stop.text.vi).toContain('"prot"')
    expect(stop.text.vi).toContain('Có phải "port"?')
  })

  test('an unknown flag, with the nearest one', () => {
    expect(refusal(() => readSettings({ data: folder(), insecureHtp: 'true' }, {})).text.en).toContain(
      'Did you mean "--insecure-http"?',
    )
  })

  test.each([
    ['port', 'many'],
    ['port', '70000'],
    ['profile', 'show'],
    ['bootstrapToken', 'short'],
    ['duckdbMemory', 'much'],
    ['insecureHttp', 'perhaps'],
  ])('%s = %s', (name, value) => {
    const stop = refusal(() => readSettings({ data: folder(), [name]: value }, {}))
    expect(stop.exitCode).toBe(2)
    expect(stop.text.en).toContain(flagOf(name))
  })

  test('a secret is not repeated in the message', () => {
    expect(
      refusal(() => readSettings({ data: folder() }, { NHIP_BOOTSTRAP_TOKEN: 'geheim' })).text.en,
    ).not.toContain('geheim')
  })

  test('a file that is not JSON', () => {
    expect(refusal(() => readSettings({ data: folder('{port:1}') }, {})).exitCode).toBe(2)
  })

  test('a network address without TLS, unless that is accepted', () => {
    expect(refusal(() => readSettings({ data: folder(), host: '0.0.0.0' }, {})).exitCode).toBe(2)
    expect(readSettings({ data: folder(), host: '0.0.0.0', insecureHttp: '' }, {}).insecureHttp).toBe(true)
    expect(readSettings({ data: folder(), host: '127.0.0.9' }, {}).host).toBe('127.0.0.9')
  })

  test('MQTT on a network address without TLS, also behind a proxy', () => {
    const behind = { data: folder(), host: '0.0.0.0', trustProxy: '10.0.0.1' }
    expect(refusal(() => readSettings({ ...behind, mqttPort: '1883' }, {})).text.en).toContain(
      '--mqtt-port off',
    )
    expect(readSettings({ ...behind, mqttPort: 'off' }, {}).mqttPort).toBe('off')
    expect(readSettings({ ...behind, mqttPort: '1883', insecureHttp: '' }, {}).mqttPort).toBe(1883)
    expect(
      readSettings({ ...behind, mqttPort: '8883', tlsCert: 'a.pem', tlsKey: 'a.key' }, {}).mqttPort,
    ).toBe(8883)
  })

  test('so for the MQTT that a demo opens without being asked', () => {
    const shown = { data: folder(), host: '0.0.0.0', trustProxy: '10.0.0.1', demoPublic: '' }
    const demo = (more: Record<string, string>) => () =>
      demandPrivateDemo(readSettings({ ...shown, ...more }, {}), 'demo')
    const { exitCode, text } = refusal(demo({}))
    expect([exitCode, text.en.includes('--mqtt-port off')]).toEqual([2, true])
    expect(text.vi).toContain('MQTT')
    for (const more of [
      { mqttPort: 'off' },
      { mqttUrl: 'mqtts://broker' },
      { insecureHttp: '' },
      { tlsCert: 'a.pem', tlsKey: 'a.key' },
      { host: '127.0.0.1' },
    ])
      expect(demo(more as unknown as Record<string, string>)).not.toThrow()
    expect(() => demandPrivateDemo(readSettings({ ...shown }, {}), 'empty')).not.toThrow()
  })

  test('a certificate without its key', () => {
    expect(refusal(() => readSettings({ data: folder(), tlsCert: 'a.pem' }, {})).exitCode).toBe(2)
  })
})

test('secrets are not shown', () => {
  const settings = readSettings(
    { data: folder() },
    { DATABASE_URL: 'postgres://u:p@h/d', NHIP_BOOTSTRAP_TOKEN: 'x'.repeat(24) },
  )
  expect(settings.databaseUrl).toBe('postgres://u:p@h/d')
  expect(JSON.stringify(publicSettings(settings))).not.toMatch(/postgres|xxxx/)
})
