/** The topics of the node, as `nhip/v1/…`. Segments are percent-encoded where MQTT gives a character a meaning. */

const prefix = ['nhip', 'v1'] as const

/** Sources may not be called this: the branch belongs to the node. */
export const outBranch = 'out'

/** What a device publishes to. */
export type InTopic =
  | { kind: 'observation'; source: string; entity: string; property: string }
  | { kind: 'batch' | 'status'; source: string }

/** What a topic of a device means; null for one that is not ours. */
export function parseTopic(topic: string): InTopic | null {
  const [nhip, version, ...encoded] = topic.split('/')
  if (nhip !== prefix[0] || version !== prefix[1]) return null
  const segments = encoded.map(decodeSegment)
  const [source, branch, entity, property] = segments
  if (!source || source === outBranch) return null
  if (branch === 'o' && segments.length === 4 && entity && property)
    return { kind: 'observation', source, entity, property }
  if ((branch === 'batch' || branch === 'status') && segments.length === 2) return { kind: branch, source }
  return null
}

/** Where a device hears of its rejected readings. */
export function errorTopic(source: string): string {
  return topicOf(source, 'error')
}

/** Where the current value of a property of an entity is given out. */
export function valueTopic(entity: string, property: string): string {
  return topicOf(outBranch, entity, property)
}

/** Names of sources are user names, and those are kept in this form. */
export function sourceName(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function topicOf(...segments: string[]): string {
  return [...prefix, ...segments.map(encodeSegment)].join('/')
}

/** What somebody may subscribe to. `null` in a filter of values stands for any. */
export type Filter =
  | { kind: 'values'; entity: string | null; property: string | null }
  | { kind: 'own'; source: string; branch: 'error' | 'status' }

/** What a topic filter asks for; null for one that reaches beyond what the node gives out. */
export function parseFilter(filter: string): Filter | null {
  const [nhip, version, branch, ...rest] = filter.split('/')
  if (nhip !== prefix[0] || version !== prefix[1] || branch === undefined) return null
  if (branch !== outBranch) {
    const source = wild(branch)
    const [what] = rest
    return source && rest.length === 1 && (what === 'error' || what === 'status')
      ? { kind: 'own', source, branch: what }
      : null
  }
  const [entity, property] = rest
  if (entity === '#' && rest.length === 1) return { kind: 'values', entity: null, property: null }
  if (entity === undefined || property === undefined || rest.length !== 2) return null
  const wanted = { entity: wild(entity), property: property === '#' ? null : wild(property) }
  return wanted.entity === undefined || wanted.property === undefined
    ? null
    : { kind: 'values', entity: wanted.entity, property: wanted.property }
}

function wild(segment: string): string | null | undefined {
  return segment === '+' ? null : (decodeSegment(segment) ?? undefined)
}

function encodeSegment(text: string): string {
  return text.replace(/[%/+#]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Null for a segment whose percent-encoding is broken, and for an empty one. */
function decodeSegment(segment: string): string | null {
  if (!segment.includes('%')) return segment === '' ? null : segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}
