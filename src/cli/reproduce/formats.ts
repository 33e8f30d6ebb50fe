/** The files that a chart can have. */
import { BadInput } from '../bad-input.js';

export const FORMATS = ['svg', 'png', 'csv', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** The formats that a flag names. @throws {BadInput} */
export function formatsOf(text: string): Format[] {
  const formats = text.split(',').map((format) => format.trim()) as Format[];
  const unknown = formats.find((format) => !FORMATS.includes(format));
  if (unknown !== undefined) {
    throw new BadInput(`--formats: got "${unknown}"; must be a list of ${FORMATS.join(', ')}`);
  }
  return formats;
}
