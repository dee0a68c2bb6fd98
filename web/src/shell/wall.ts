/** `?wall=1`: the page hangs on a wall, read from afar and touched by nobody. */
export function isWall(): boolean {
  return new URLSearchParams(window.location.search).get('wall') === '1'
}
