/** What charts draw with: a part of the canvas's own interface, which `SvgContext` has, too. */
export type Context = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'rect'
  | 'arc'
  | 'stroke'
  | 'fill'
  | 'fillText'
  | 'setLineDash'
  | 'save'
  | 'restore'
  | 'clip'
  | 'strokeStyle'
  | 'fillStyle'
  | 'lineWidth'
  | 'lineJoin'
  | 'globalAlpha'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
>;

const ANCHORS: Record<string, string> = { center: 'middle', right: 'end', end: 'end' };
const BASELINES: Record<string, string> = { middle: 'central', top: 'hanging' };

/** Writes down what is drawn. */
export class SvgContext implements Context {
  strokeStyle: CanvasRenderingContext2D['strokeStyle'] = 'black';
  fillStyle: CanvasRenderingContext2D['fillStyle'] = 'black';
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'round';
  globalAlpha = 1;
  font = '12px sans-serif';
  textAlign: CanvasTextAlign = 'start';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  readonly #parts: string[] = [];
  #path: string[] = [];
  #dash: number[] = [];
  #clips = 0;
  /** groups that are open, by the clips that opened them */
  #open: number[] = [0];

  beginPath(): void {
    this.#path = [];
  }
  moveTo(x: number, y: number): void {
    this.#path.push(`M${short(x)} ${short(y)}`);
  }
  lineTo(x: number, y: number): void {
    this.#path.push(`L${short(x)} ${short(y)}`);
  }
  closePath(): void {
    this.#path.push('Z');
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.#path.push(`M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`);
  }
  /** whole circles only */
  arc(x: number, y: number, radius: number): void {
    const r = short(radius);
    const d = short(2 * radius);
    this.#path.push(
      `M${short(x - radius)} ${short(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 -${d} 0Z`,
    );
  }
  setLineDash(dash: Iterable<number>): void {
    this.#dash = [...dash];
  }
  stroke(): void {
    const dash = this.#dash.length > 0 ? ` stroke-dasharray="${this.#dash.join(' ')}"` : '';
    this.#add(
      `fill="none" stroke="${escaped(this.strokeStyle)}" stroke-width="${short(this.lineWidth)}" stroke-linejoin="${this.lineJoin}"${dash}`,
    );
  }
  fill(): void {
    this.#add(`fill="${escaped(this.fillStyle)}"`);
  }
  fillText(text: string, x: number, y: number): void {
    const [, size = '12', family = 'sans-serif'] = /([\d.]+)px (.*)/.exec(this.font) ?? [];
    const weight = /^(bold|\d00)\b/.exec(this.font)?.[1];
    const anchor = ANCHORS[this.textAlign];
    const baseline = BASELINES[this.textBaseline];
    this.#parts.push(
      `<text x="${short(x)}" y="${short(y)}" fill="${escaped(this.fillStyle)}" font-size="${size}" font-family="${escaped(family)}"` +
        `${weight ? ` font-weight="${weight}"` : ''}${anchor ? ` text-anchor="${anchor}"` : ''}` +
        `${baseline ? ` dominant-baseline="${baseline}"` : ''}>${escaped(text)}</text>`,
    );
  }
  save(): void {
    this.#open.push(0);
  }
  restore(): void {
    const groups = this.#open.pop() ?? 0;
    this.#parts.push('</g>'.repeat(groups));
  }
  clip(): void {
    const id = `clip-${++this.#clips}`;
    this.#parts.push(
      `<clipPath id="${id}"><path d="${this.#path.join('')}"/></clipPath><g clip-path="url(#${id})">`,
    );
    this.#open[this.#open.length - 1] = (this.#open.at(-1) ?? 0) + 1;
  }

  /** The picture, with its title and text alternative. */
  toString(width: number, height: number, title: string, description: string): string {
    return (
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">` +
      `<title>${escaped(title)}</title><desc>${escaped(description)}</desc>${this.#parts.join('')}</svg>`
    );
  }

  #add(attributes: string): void {
    if (this.#path.length === 0) return;
    const opacity = this.globalAlpha < 1 ? ` opacity="${short(this.globalAlpha)}"` : '';
    this.#parts.push(`<path d="${this.#path.join('')}" ${attributes}${opacity}/>`);
  }
}

function short(x: number): string {
  return String(Math.round(x * 100) / 100);
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: unknown): string {
  return String(text).replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}
