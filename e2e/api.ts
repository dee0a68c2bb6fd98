/** The officer of the demo: may import files and register datasets. */
export const officer = { username: 'canbo', password: 'trinh-dien-canbo' }

/** The administrator of the demo. */
export const administrator = { username: 'quantri', password: 'trinh-dien-quantri' }

/** Reads JSON from the node, as a visitor. */
export async function get<T>(base: string, path: string): Promise<T> {
  const answer = await fetch(base + path, { headers: { accept: 'application/json' } })
  if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Asks until the answer is what is waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | false | undefined>,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const found = await ask()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
