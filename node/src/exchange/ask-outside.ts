/**
 * Posts to another program. User and password of an address travel in a header (RFC 7617): `fetch` refuses an address that
 * holds them, and its refusal repeats the whole of it.
 */
export function askOutside(
  address: string,
  question: { type: string; body: string | Uint8Array<ArrayBuffer>; timeoutMs: number },
): Promise<Response> {
  const { username, password } = new URL(address)
  const headers: Record<string, string> = { 'content-type': question.type }
  if (username !== '' || password !== '') {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    headers.authorization = `Basic ${Buffer.from(pair).toString('base64')}`
  }
  return fetch(withoutCredentials(address), {
    method: 'POST',
    headers,
    body: question.body,
    redirect: 'error',
    signal: AbortSignal.timeout(question.timeoutMs),
  })
}

/** An address as it may be written down: without user and password. */
export function withoutCredentials(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}
