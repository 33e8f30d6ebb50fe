/** The worker's program. */
import type { ToWorker } from './protocol.js';
import { serve } from './serve.js';

serve({
  post: (message, transfer = []) =>
    (postMessage as (message: unknown, transfer: Transferable[]) => void)(message, transfer),
  listen(onMessage) {
    addEventListener('message', ({ data }: MessageEvent<ToWorker>) => onMessage(data));
  },
  end: () => close(),
});
