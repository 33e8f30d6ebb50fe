/** Checks of arguments. Each failure is a ConfigError that names the argument, its value and its domain. */
import { ConfigError } from '../errors.js';

/**
 * Rates outside these limits are refused: within them every quotient and square of two rates is a
 * normal floating-point number.
 */
const SMALLEST_RATE = 1e-100;
const LARGEST_RATE = 1e100;

/** Refuses anything but a number from 1e-100 to 1e100. */
export function checkPositive(name: string, value: number): void {
  if (!(value >= SMALLEST_RATE && value <= LARGEST_RATE)) {
    throw new ConfigError(
      name,
      `got ${value}; must be a number from ${SMALLEST_RATE} to ${LARGEST_RATE}`,
    );
  }
}

/** Refuses an empty vector of rates, and one with an element that `checkPositive` refuses. */
export function checkRates(name: string, rates: readonly number[]): void {
  checkNotEmpty(name, rates);
  rates.forEach((rate, v) => {
    checkPositive(`${name}[${v}]`, rate);
  });
}

/** As `checkRates`, but a rate may also be 0. */
export function checkRatesOrZero(name: string, rates: readonly number[]): void {
  checkNotEmpty(name, rates);
  rates.forEach((rate, v) => {
    if (rate !== 0) checkPositive(`${name}[${v}]`, rate);
  });
}

/** Refuses a number outside [low, high]. */
export function checkWithin(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new ConfigError(name, `got ${value}; must be a number from ${low} to ${high}`);
  }
}

/** Refuses anything but a whole number from `least`. */
export function checkCount(name: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new ConfigError(name, `got ${value}; must be a whole number from ${least}`);
  }
}

/** Refuses anything but a whole number of servers of n for a task to look at. */
export function checkChoices(choices: number, servers: number): void {
  if (!(Number.isInteger(choices) && choices >= 1 && choices <= servers)) {
    throw new ConfigError('choices', `got ${choices}; must be a whole number from 1 to ${servers}`);
  }
}

function checkNotEmpty(name: string, values: readonly number[]): void {
  if (values.length === 0) throw new ConfigError(name, 'is empty; must hold at least one rate');
}
