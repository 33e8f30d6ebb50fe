import { isPlain } from '../config/messages.js';
import { ConfigError } from '../errors.js';

/** @throws {ConfigError} naming the field, if there is code in a plan: only data travels to a fleet */
export function refuseCode(plan: unknown, field = 'plan'): void {
  if (typeof plan === 'function') {
    throw new ConfigError(
      field.replace(/^plan\.(base\.)?/, ''),
      'is a function, and only data travels to a queue; give an expression in x, such as "1/x", or leave out queue',
    );
  }
  if (Array.isArray(plan)) {
    for (const [i, item] of plan.entries()) refuseCode(item, `${field}[${i}]`);
  } else if (isPlain(plan)) {
    for (const [name, item] of Object.entries(plan)) refuseCode(item, `${field}.${name}`);
  }
}
