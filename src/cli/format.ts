/** Numbers as people read them, the same in every locale. */

/** 1234567 → 1,234,567 */
export function grouped(value: number | string): string {
  const [whole, ...fraction] = String(value).split('.');
  return [(whole as string).replace(/(?<=\d)(?=(\d{3})+$)/g, ','), ...fraction].join('.');
}

/** Five significant digits: 1.5860, 23,457, 3.2000e-7; `–` for what is not known */
export function figure(value: number | null, digits = 5): string {
  if (value === null) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(digits - 1);
  const rounded = value.toPrecision(digits);
  return grouped(rounded.includes('e') ? Number(rounded) : rounded);
}

/** 1769472 → 1.69 MiB */
export function bytes(count: number): string {
  if (count < 1024) return `${count} bytes`;
  const power = Math.min(3, Math.floor(Math.log2(count) / 10));
  return `${(count / 1024 ** power).toPrecision(4)} ${['', 'KiB', 'MiB', 'GiB'][power]}`;
}

/** 15239577 → 15.2 million */
export function perSecond(value: number): string {
  return value >= 1e6 ? `${figure(value / 1e6, 3)} million` : grouped(Math.round(value));
}

/** 0.21 → 0.21 s, 75 → 1:15, 4000 → 1:06:40 */
export function duration(seconds: number): string {
  if (seconds < 60) return `${figure(seconds, seconds < 10 ? 2 : 3)} s`;
  const total = Math.round(seconds);
  const two = (x: number) => String(x).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0
    ? `${grouped(hours)}:${two(minutes)}:${two(total % 60)}`
    : `${minutes}:${two(total % 60)}`;
}

/** A table: columns as wide as their widest text, two blanks apart */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
