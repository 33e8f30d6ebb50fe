import type { WorkerLike } from './foreign.js';
import type { ThreadPort } from './port.js';

/** The port of a worker that runs the thread's program. */
export function portOf(worker: WorkerLike, onStart: () => void = () => {}): ThreadPort {
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen(onMessage, onDeath) {
      worker.onmessage = ({ data }) => {
        if (data.type === 'ready') onStart();
        onMessage(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        onDeath(event.message || 'it could not be started');
      };
    },
    hold: () => {},
    end: () => worker.terminate(),
  };
}

/** How to start threads from the user's own workers; undefined if there are none. */
export function starterOf(
  createWorker: (() => WorkerLike) | undefined,
): (() => ThreadPort) | undefined {
  return createWorker && (() => portOf(createWorker()));
}
