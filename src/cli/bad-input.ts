import { getSystemErrorMap } from 'node:util';

/** What the user gave cannot be run: one line on stderr, exit code 2. */
export class BadInput extends Error {}

/** Something failed that is nobody's input, such as a full disk: one line on stderr, exit code 1. */
export class Failure extends Error {}

/** Why a file operation failed, in the system's words and without its codes. */
export function reason(cause: unknown): string {
  const { errno, message } = cause as NodeJS.ErrnoException;
  return (errno !== undefined && getSystemErrorMap().get(errno)?.[1]) || message;
}
