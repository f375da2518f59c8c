/** Prints rows under their headings, with columns as wide as needed; numbers are right-aligned. */
export function printTable(headings: string[], rows: (string | number)[][]): void {
  const lines = [headings, ...rows.map(row => row.map(String))]
  const widths = headings.map((_, i) => Math.max(...lines.map(line => (line[i] ?? '').length)))
  const isNumber = headings.map((_, i) => rows.length > 0 && rows.every(row => typeof row[i] === 'number'))
  for (const line of lines) {
    const cells = line.map((cell, i) =>
      isNumber[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    )
    console.log(cells.join('  ').trimEnd())
  }
}
