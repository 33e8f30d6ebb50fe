import type { CompleteConfig } from '../config/config.js';

/** The rate of every server where rates are given numbers, else null. */
export function givenRates({ servers, initialRates, classes }: CompleteConfig): number[] | null {
  const parts = classes ?? [{ servers, initialRates }];
  const rates = parts.map(({ servers: n, initialRates: given }) =>
    typeof given === 'number'
      ? new Array<number>(n).fill(given)
      : Array.isArray(given)
        ? given
        : null,
  );
  return rates.every((part) => part !== null) ? rates.flat() : null;
}
