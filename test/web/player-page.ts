/** What the tests of the player run in a page: players with all of their views. */
import { Player, type PlayerError, type Snapshot } from '../../web/player/player.js';
import { activityView, costView, histogramView, rateView } from '../../web/views/index.js';

const errors: PlayerError[] = [];

/** A player, its views in the page, and what it said last. */
function addPlayer() {
  const views = [rateView(), histogramView(), activityView(), costView()];
  const section = document.createElement('section');
  section.append(...views.map(({ element }) => element));
  document.querySelector('main')?.append(section);
  const shown: { last: Snapshot | null; count: number } = { last: null, count: 0 };
  const player = new Player(
    (snapshot) => {
      shown.last = snapshot;
      shown.count++;
      for (const view of views) view.push(snapshot);
    },
    (error) => errors.push(error),
  );
  return { player, views, shown };
}

Object.assign(globalThis, { addPlayer, errors });
