/** The playground: controls on one side, one or two boards on the other, and what can be done with them. */
import { ConfigError } from '../src/index.js';
import { Board } from './board.js';
import { controls } from './controls/index.js';
import { byId, h, show } from './html.js';
import { decode, encodeSystem } from './permalink.js';
import type { PlayerError, Snapshot, Update } from './player/player.js';
import { PRESETS, type Preset } from './presets.js';
import {
  complete,
  limited,
  momentOf,
  type Settings,
  STANDARD,
  settingsOf,
  stepOf,
} from './settings.js';
import { shareDialog } from './share-dialog.js';

const SPEEDS: readonly [value: string, title: string][] = [
  ['1', '1'],
  ['3', '3'],
  ['10', '10'],
  ['30', '30'],
  ['100', '100'],
  ['300', '300'],
  ['1000', '1000'],
  ['max', 'as fast as it goes'],
];
/** A slider that moves changes a running simulation at most this often, in ms: each change is part of its configuration. */
const PACE = 150;

/** A fragment that means to be a link, of whatever version. */
const LINK = /^#\d+,/;

type Name = 'A' | 'B';

interface Side {
  board: Board;
  settings: Settings;
}

/** Fields that can change while a run goes on. */
const LIVE = new Set(['arrivalRate', 'inverseStepSize', 'cost']);

export function playground(): void {
  const sides = new Map<Name, Side>();
  /** whose settings the controls show */
  let edited: Name = 'A';
  let running = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  let speed: number | 'max' = 30;
  /** the time that a link asked for, until it is reached */
  let until: number | null = null;

  const panel = controls(edit);
  byId('controls').append(panel.element);
  const boards = byId('boards');
  const status = byId('status');
  const alert = byId('alert');
  const play = byId<HTMLButtonElement>('play');
  const speedChoice = byId<HTMLSelectElement>('speed');
  const compare = byId<HTMLInputElement>('compare');
  const which = byId('which');
  speedChoice.append(...SPEEDS.map(([value, title]) => h('option', { value }, title)));

  function open(name: Name, settings: Settings): Side {
    const board = new Board(name, {
      snapshot: (snapshot) => arrived(name, snapshot),
      error: (error) => failed(name, error),
    });
    boards.append(board.element);
    const side = { board, settings };
    sides.set(name, side);
    boards.dataset.count = String(sides.size);
    return side;
  }

  /** Says something once, to eyes and to screen readers. */
  function say(text: string): void {
    status.textContent = text;
  }

  function complain({ field, message }: PlayerError): void {
    if (!panel.complain(field, message)) alert.textContent = message;
  }

  function arrived(name: Name, snapshot: Snapshot): void {
    if (name === edited) panel.mark(snapshot.time);
    if (snapshot.running || name !== 'A') return;
    if (until !== null && snapshot.time >= until) {
      until = null;
      setSpeed(speed);
      say(
        `This is the moment of the link, t = ${show(snapshot.time, 6)}. State ${snapshot.stateHash}. Press Play to go on.`,
      );
    }
  }

  function failed(name: Name, error: PlayerError): void {
    if (name !== edited) reveal(name);
    complain(error);
  }

  /** Starts a side again with its settings. */
  function start(side: Side): boolean {
    try {
      const config = complete(side.settings);
      side.board.player.speed(speed);
      side.board.start(config, running ? undefined : 0);
      return true;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      complain({ field: error.field, message: error.message });
      return false;
    }
  }

  function startAll(): void {
    until = null;
    clearComplaints();
    for (const side of sides.values()) start(side);
    writeAddress();
  }

  function clearComplaints(): void {
    panel.clearComplaints();
    alert.textContent = '';
  }

  let waiting: ReturnType<typeof setTimeout> | undefined;
  let changed = new Set<string>();

  /** A control was moved. */
  function edit(field: string, moving: boolean): void {
    changed.add(field);
    if (moving) {
      waiting ??= setTimeout(settle, PACE);
    } else {
      settle();
    }
  }

  function settle(): void {
    clearTimeout(waiting);
    waiting = undefined;
    const fields = [...changed];
    changed = new Set();
    const side = sides.get(edited);
    if (!side || fields.length === 0) return;
    clearComplaints();
    const settings = panel.settings;
    try {
      complete(settings);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      complain({ field: error.field, message: error.message });
      return;
    }
    const before = side.settings;
    side.settings = settings;
    // a schedule that repeats, and classes with their own costs, leave nothing to change by hand
    const live =
      fields.every((name) => LIVE.has(name)) &&
      settings.period === undefined &&
      before.period === undefined &&
      !(settings.classes && fields.includes('cost')) &&
      side.board.snapshot !== null;
    if (live) side.board.update(difference(before, settings));
    else {
      until = null;
      start(side);
    }
    writeAddress();
  }

  /** The address always leads back to what is shown, without a word in the history. */
  function writeAddress(): void {
    const side = sides.get('A');
    if (!side) return;
    try {
      history.replaceState(null, '', encodeSystem(complete(side.settings)));
    } catch {
      // not a configuration yet, or a browser that limits how often the address may change
    }
  }

  function reveal(name: Name): void {
    edited = name;
    const side = sides.get(name) as Side;
    panel.settings = side.settings;
    clearComplaints();
    for (const input of which.querySelectorAll('input')) input.checked = input.value === name;
  }

  /** @param alone whether the boards know already */
  function setRunning(next: boolean, alone = false): void {
    running = next;
    play.textContent = running ? 'Pause' : 'Play';
    if (alone) return;
    for (const { board } of sides.values()) {
      if (running) board.player.resume();
      else board.player.pause();
    }
  }

  function setSpeed(next: number | 'max'): void {
    speed = next;
    if (!SPEEDS.some(([value]) => value === String(next))) {
      speedChoice.append(h('option', { value: String(next) }, String(next)));
    }
    speedChoice.value = String(next);
    for (const { board } of sides.values()) board.player.speed(next);
  }

  function setCompare(on: boolean, settings?: Settings): void {
    compare.checked = on;
    which.hidden = !on;
    const second = sides.get('B');
    if (second && !on) {
      second.board.end();
      sides.delete('B');
      boards.dataset.count = '1';
      reveal('A');
    } else if (on && !second) {
      open('B', settings ?? structuredClone((sides.get('A') as Side).settings));
    } else if (on && second && settings) {
      second.settings = settings;
    }
  }

  function use({ title, settings, second, speed, text }: Preset): void {
    (sides.get('A') as Side).settings = settings;
    setCompare(second !== undefined, second);
    reveal('A');
    setSpeed(speed);
    setRunning(true);
    startAll();
    byId('preset-text').textContent = text;
    say(`${title}: started.`);
  }

  // --- what the buttons do
  play.addEventListener('click', () => {
    setRunning(!running);
    until = null;
    if (!running) say(summary());
  });
  byId('step').addEventListener('click', () => {
    if (running) setRunning(false);
    const { settings } = sides.get(edited) as Side;
    for (const { board } of sides.values()) board.player.step(stepOf(settings));
  });
  byId('restart').addEventListener('click', () => {
    startAll();
    say('Started again with the same seed.');
  });
  speedChoice.addEventListener('change', () => {
    setSpeed(speedChoice.value === 'max' ? 'max' : Number(speedChoice.value));
  });
  compare.addEventListener('change', () => {
    setCompare(compare.checked);
    if (compare.checked) {
      startAll();
      reveal('B');
      say('Both run with the same seed. The controls now change setting B.');
    }
  });
  which.addEventListener('change', (event) => {
    reveal((event.target as HTMLInputElement).value as Name);
  });
  byId('share').addEventListener('click', () => {
    if (running) setRunning(false);
    shareDialog((sides.get(edited) as Side).board);
  });
  const list = byId<HTMLSelectElement>('preset');
  list.append(...PRESETS.map(({ id, title }) => h('option', { value: id }, title)));
  list.addEventListener('change', () => {
    const preset = PRESETS.find(({ id }) => id === list.value);
    if (preset) use(preset);
  });

  /** What a screen reader hears when the run pauses. */
  function summary(): string {
    const { board } = sides.get(edited) as Side;
    const { snapshot, latest } = board;
    const { optimal } = snapshot?.markers ?? {};
    return `Paused at t = ${show(snapshot?.time, 4)}. Mean rate ${show(latest.mean, 4)}${
      optimal ? `, optimum ${show(optimal, 4)}` : ''
    }.`;
  }

  /** What the address asks for; false if it asks for nothing. */
  function follow(): boolean {
    if (!LINK.test(location.hash)) return false;
    try {
      const linked = decode(location.hash, complete);
      const config = momentOf(limited(linked.config));
      clearComplaints();
      setCompare(false);
      const side = sides.get('A') as Side;
      side.settings = settingsOf(config);
      reveal('A');
      until = linked.until;
      if (until === null) {
        setRunning(true);
        return start(side);
      }
      // as fast as it goes: who follows a link wants to be there
      side.board.player.speed('max');
      side.board.start(config, until);
      setRunning(false, true);
      say(`Running to the moment of the link, t = ${show(until, 6)} …`);
      return true;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const reason = error.field === 'link' ? error.message.slice(6) : error.message;
      const what = error.field === 'link' ? 'The link' : 'The link cannot be used:';
      alert.textContent = `${what} ${reason}. This is the standard system instead.`;
      return false;
    }
  }

  open('A', STANDARD);
  reveal('A');
  setSpeed(30);
  play.textContent = running ? 'Pause' : 'Play';
  let started = false;
  /** A run costs energy: it begins when someone comes to see it. */
  function begin(): void {
    if (started) return;
    started = true;
    if (follow()) return;
    const refusal = alert.textContent;
    startAll();
    alert.textContent = refusal;
  }
  window.addEventListener('hashchange', () => {
    started = true;
    if (follow()) byId('playground').scrollIntoView();
  });
  if (LINK.test(location.hash)) {
    begin();
    byId('playground').scrollIntoView();
  } else {
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        watch.disconnect();
        begin();
      },
      { rootMargin: '200px' },
    );
    watch.observe(boards);
  }
  benchmark(() => (sides.get('A') as Side).board);
}

/** The parts of a setting that differ and may change while it runs. */
function difference(before: Settings, after: Settings): Update {
  const change: Record<string, unknown> = {};
  for (const name of LIVE) {
    const value = after[name as keyof Settings];
    if (JSON.stringify(value) !== JSON.stringify(before[name as keyof Settings])) {
      change[name] = value;
    }
  }
  return change as Update;
}

function benchmark(board: () => Board): void {
  const button = byId<HTMLButtonElement>('benchmark');
  const output = byId('benchmark-result');
  button.addEventListener('click', async () => {
    button.disabled = true;
    output.textContent = 'Measuring, for about ten seconds …';
    try {
      const speeds = await board().player.benchmark();
      output.replaceChildren(
        h(
          'table',
          {},
          h('caption', {}, 'This machine, one thread, λ = 0.8, m = 500'),
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              ...['servers', 'events per second', 'ns per event', 'busy fraction: error'].map(
                (title) => h('th', { scope: 'col' }, title),
              ),
            ),
          ),
          h(
            'tbody',
            {},
            ...speeds.map(({ servers, eventsPerSecond, nanosecondsPerEvent, busyFraction }) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, show(servers)),
                h('td', {}, show(Number(eventsPerSecond.toPrecision(3)), 3)),
                h('td', {}, show(nanosecondsPerEvent.median, 3)),
                h('td', {}, `${show(busyFraction.error, 2)} ± ${show(busyFraction.halfWidth, 2)}`),
              ),
            ),
          ),
        ),
      );
    } catch (error) {
      output.textContent = `It could not be measured: ${(error as Error).message}`;
    }
    button.disabled = false;
  });
}
