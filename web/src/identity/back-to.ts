/** Where to go after signing in: only an address of this site, for a link that signs in and then leads elsewhere is a known trap. */
export function backTo(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/'
}
