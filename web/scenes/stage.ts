/** Where a scene plays: it runs while it is in sight, and the reader can stop it and start it again. */
import { h } from '../html.js';

export interface Act {
  /** from the beginning */
  start(): void;
  pause(): void;
  resume(): void;
}

const still = matchMedia('(prefers-reduced-motion: reduce)');

/** Buttons that change the load, or whatever the scene is about. */
export type Choice = readonly [title: string, does: () => void];

/** Fills a figure of the page; the act is made when the reader first comes near. */
export function stage(
  figure: HTMLElement,
  make: (place: HTMLElement) => { act: Act; choices: readonly Choice[]; chosen?: number },
): void {
  const place = h('div', { class: 'scene-picture' });
  const bar = h('div', { class: 'buttons scene-bar' });
  figure.prepend(place, bar);
  let act: Act | null = null;
  let wanted = !still.matches;
  let visible = false;
  let started = false;

  const play = h('button', { type: 'button', click: () => set(!wanted) }, 'Play');
  function set(next: boolean): void {
    wanted = next;
    follow();
  }
  /** Runs if it is wanted and seen. */
  function follow(): void {
    play.textContent = wanted ? 'Pause' : 'Play';
    if (wanted && visible) {
      if (!act) return;
      if (started) act.resume();
      else act.start();
      started = true;
    } else if (started) act?.pause();
  }
  const again = h(
    'button',
    {
      type: 'button',
      click: () => {
        started = false;
        set(true);
      },
    },
    'Start again',
  );
  function build(): void {
    const made = make(place);
    act = made.act;
    const press = (chosen: number | undefined) => {
      buttons.forEach((button, i) => {
        button.setAttribute('aria-pressed', String(i === chosen));
      });
    };
    const buttons = made.choices.map(([title, does], i) => {
      const click = () => {
        press(i);
        set(true);
        does();
      };
      return h('button', { type: 'button', click }, title);
    });
    press(made.chosen);
    again.addEventListener('click', () => press(made.chosen));
    bar.append(play, again, ...buttons);
    follow();
  }
  new IntersectionObserver(
    (entries) => {
      visible = entries.at(-1)?.isIntersecting ?? false;
      if (visible && !act) build();
      follow();
    },
    { threshold: 0.15 },
  ).observe(figure);
}
