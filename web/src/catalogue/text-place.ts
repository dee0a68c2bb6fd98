/** Lines and columns count from 1, columns in UTF-16 units, as the node's problems do. */

/** Where a line and column lie in a text; the end of the line for a column beyond it. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split('\n')
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  return Math.min(before + Math.min(column - 1, lines[line - 1]?.length ?? 0), text.length)
}

/** The line a place is in, and below it a mark at the column. */
export function pointedAt(text: string, line: number, column: number): string {
  const shown = text.split('\n')[line - 1] ?? ''
  // A tab before the place stays a tab, so that the mark stands under it whatever its width.
  const indent = shown.slice(0, column - 1).replace(/[^\t]/g, ' ')
  return `${shown}\n${indent}^`
}
