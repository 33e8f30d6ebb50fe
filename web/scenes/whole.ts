/** A thousand servers find the optimum, and find it again when the load changes. */
import { Player } from '../player/player.js';
import { rateView } from '../views/index.js';
import { type Choice, stage } from './stage.js';

const SYSTEM = { servers: 1000, arrivalRate: 0.8, inverseStepSize: 100, seed: 1 };
const LOADS = [0.4, 0.8, 1.6];

export function wholeScene(figure: HTMLElement): void {
  stage(figure, (place) => {
    const view = rateView({ title: 'Rates of a thousand servers', height: 260 });
    place.append(view.element);
    const player = new Player(
      (snapshot) => view.push(snapshot),
      ({ message }) => {
        place.textContent = message;
      },
    );
    const choices: Choice[] = LOADS.map((arrivalRate) => [
      `λ = ${arrivalRate}`,
      () => player.update({ arrivalRate }),
    ]);
    return {
      act: {
        start: () => {
          view.clear();
          player.start({ ...SYSTEM, horizon: 500 });
          player.speed(50);
        },
        pause: () => player.pause(),
        resume: () => player.resume(),
      },
      choices,
      chosen: 1,
    };
  });
}
