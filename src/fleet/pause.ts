/** Waits so many milliseconds, or until the signal is aborted. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end);
  });
}

/** Waits for something, but not longer than so many milliseconds. */
export async function within(milliseconds: number, something: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([
    something.catch(() => {}).finally(() => done.abort()),
    pause(milliseconds, done.signal),
  ]);
}

/** So many random hex digits. */
export function randomName(digits: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(digits / 2));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
