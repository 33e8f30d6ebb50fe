/** Fifty servers with a backlog: nobody is idle, so everybody runs too fast until it is gone. */
import { Player } from '../player/player.js';
import { activityView, rateView } from '../views/index.js';
import { type Choice, stage } from './stage.js';

const SYSTEM = {
  servers: 50,
  arrivalRate: 0.8,
  inverseStepSize: 50,
  buffer: 'inf',
  seed: 1,
  horizon: 500,
} as const;
const BACKLOGS = [0, 50, 150];

export function backlogScene(figure: HTMLElement): void {
  stage(figure, (place) => {
    const views = [
      rateView({ title: 'Rates of fifty servers', height: 220 }),
      activityView({ title: 'Busy servers and queues', height: 170 }),
    ];
    place.append(...views.map(({ element }) => element));
    const player = new Player(
      (snapshot) => {
        for (const view of views) view.push(snapshot);
      },
      ({ message }) => {
        place.textContent = message;
      },
    );
    function begin(initialTasks: number): void {
      for (const view of views) view.clear();
      player.start({ ...SYSTEM, initialTasks });
      player.speed(20);
    }
    const choices: Choice[] = BACKLOGS.map((tasks) => [
      tasks === 0 ? 'No backlog' : `${tasks} tasks each`,
      () => begin(tasks),
    ]);
    return {
      act: {
        start: () => begin(BACKLOGS[2] as number),
        pause: () => player.pause(),
        resume: () => player.resume(),
      },
      choices,
      chosen: 2,
    };
  });
}
