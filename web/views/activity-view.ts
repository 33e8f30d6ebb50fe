/** How many servers are busy, and how long the longest queue is. */
import { Recording } from '../player/rows.js';
import { figureText } from './chart.js';
import { area, clipTo, indexAt, line } from './draw.js';
import { EasedRange, extent } from './range.js';
import { type View, type ViewOptions, viewOf } from './view.js';

export function activityView({
  title = 'Busy servers and longest queue',
  height,
}: ViewOptions = {}): View {
  const recording = new Recording();
  const queues = new EasedRange();
  let time = 0;

  return viewOf(
    {
      title,
      height,
      x: { label: 'time', range: () => [0, Math.max(time, 1e-3)] },
      y: { label: 'busy fraction', range: () => [0, 1.02] },
      y2: {
        label: 'most tasks',
        whole: true,
        range() {
          const [, most] = extent([recording.rows.maxQueue]) ?? [0, 0];
          return [0, queues.towards(0, Math.max(4, most), 0.1)[1]];
        },
      },
      draw(context, { left, top, width, height, ratio, x, y, y2 }, theme) {
        const { rows } = recording;
        clipTo(context, left, top, width, height);
        const none = new Float64Array(rows.time.length);
        area(context, rows.time, none, rows.busy, x, y, theme.busy, 0.16);
        line(context, rows.time, rows.busy, x, y, { colour: theme.busy, width: 1.5 * ratio });
        const style = { colour: theme.queue, width: 1.75 * ratio, steps: true };
        line(context, rows.time, rows.maxQueue, x, y2, style);
      },
      legend(at) {
        const { rows } = recording;
        const i = at === null ? rows.time.length - 1 : Math.max(0, indexAt(rows.time, at));
        const most = rows.maxQueue[i];
        return [
          {
            name: 'busy fraction',
            colour: 'busy',
            mark: 'line',
            value: figureText(rows.busy[i], 3),
          },
          {
            name: 'most tasks at a server',
            colour: 'queue',
            mark: 'line',
            value: most === undefined ? '–' : String(most),
          },
        ];
      },
      describe() {
        const { rows } = recording;
        const i = rows.time.length - 1;
        if (i < 0) return 'Nothing has run yet.';
        const busy = Math.round(100 * (rows.busy[i] as number));
        return `At time ${figureText(time)}, ${busy} % of the servers are busy, and no server has more than ${rows.maxQueue[i]} ${rows.maxQueue[i] === 1 ? 'task' : 'tasks'}.`;
      },
    },
    {
      push(snapshot) {
        recording.append(snapshot.rows);
        time = snapshot.time;
      },
      clear() {
        recording.clear();
        queues.forget();
        time = 0;
      },
    },
  );
}
