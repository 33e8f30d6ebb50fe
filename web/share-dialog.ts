/** What one can take along from a run: a link, a command, a program, its data and its pictures. */
import type { Board } from './board.js';
import { byId, h, show } from './html.js';
import { encodeMoment } from './permalink.js';
import type { Rows, Snapshot } from './player/player.js';
import { momentOf } from './settings.js';
import { code, command } from './share.js';

const dialog = () => byId<HTMLDialogElement>('share-dialog');

/** Opens once the run has paused, when its state has a name. */
export function shareDialog(board: Board): void {
  const show = () => {
    const { snapshot } = board;
    if (snapshot?.stateHash) open(board, snapshot, snapshot.stateHash);
    else requestAnimationFrame(show);
  };
  show();
}

function open(board: Board, snapshot: Snapshot, stateHash: string): void {
  const { time } = snapshot;
  const config = momentOf(snapshot.config);
  const address = new URL(encodeMoment(config), location.href).href;
  const data = async (format: 'csv' | 'json') => {
    const { config, stateHash, rows } = await board.player.data();
    const text =
      format === 'csv' ? csv(rows) : JSON.stringify({ config, stateHash, ...plain(rows) });
    save(`ratescale.${format}`, new Blob([text], { type: TYPES[format] }));
  };
  const pictures = board.views.map(([name, view]) =>
    h(
      'span',
      { class: 'buttons', role: 'group', 'aria-label': `Picture: ${name}` },
      h('span', { class: 'what', 'aria-hidden': 'true' }, name),
      button('SVG', () => save(`${name}.svg`, new Blob([view.toSvg()], { type: TYPES.svg }))),
      button('PNG', async () => save(`${name}.png`, await view.toPng())),
    ),
  );
  const element = dialog();
  const said = h('p', { class: 'said', role: 'status' });
  element.replaceChildren(
    h(
      'header',
      {},
      h('h2', { id: 'share-title' }, 'Take this run with you'),
      h('button', { type: 'button', class: 'close', click: () => element.close() }, 'Close'),
    ),
    h(
      'p',
      {},
      `The run is at t = ${show(time, 6)}. Each of these repeats it from its seed, with all that was changed by hand, and ends in the same state, to the last bit: `,
      h('code', { id: 'state-hash' }, stateHash),
      '.',
    ),
    copyable('Link', 'share-link', address, said),
    copyable('Command', 'share-command', command(config), said),
    copyable('TypeScript', 'share-code', code(config), said),
    said,
    h('h3', {}, 'Data'),
    h(
      'p',
      { class: 'buttons' },
      button('CSV', () => data('csv')),
      button('JSON', () => data('json')),
    ),
    h('h3', {}, 'Pictures'),
    h('p', { class: 'pictures' }, ...pictures),
  );
  element.setAttribute('aria-labelledby', 'share-title');
  element.showModal();
}

const TYPES = { csv: 'text/csv', json: 'application/json', svg: 'image/svg+xml' };

function copyable(title: string, id: string, text: string, said: HTMLElement): HTMLElement {
  const lines = Math.min(12, text.split('\n').length + (text.length > 90 ? 1 : 0));
  const area = h('textarea', { id, readonly: true, rows: lines, spellcheck: false, wrap: 'soft' });
  area.value = text;
  return h(
    'div',
    { class: 'copyable' },
    h('label', { for: id }, title),
    button(`Copy ${title === 'TypeScript' ? 'program' : title.toLowerCase()}`, async () => {
      area.select();
      // a page that is not secure has no clipboard: the text is selected all the same
      await navigator.clipboard?.writeText(text).catch(() => {});
      said.textContent = `${title} copied.`;
    }),
    area,
  );
}

function button(title: string, click: () => unknown): HTMLButtonElement {
  return h('button', { type: 'button', class: 'small', click }, title);
}

function plain(rows: Rows): Record<string, number[]> {
  return Object.fromEntries(Object.entries(rows).map(([name, values]) => [name, [...values]]));
}

/** One header row, then a row for each time; numbers in full precision. */
function csv(rows: Rows): string {
  const columns = Object.entries(rows) as [string, Float64Array][];
  const lines = [columns.map(([name]) => name).join(',')];
  for (let i = 0; i < rows.time.length; i++) {
    lines.push(columns.map(([, values]) => values[i]).join(','));
  }
  return `${lines.join('\n')}\n`;
}

function save(name: string, blob: Blob): void {
  const href = URL.createObjectURL(blob);
  h('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
