/** A page that is one file and asks for nothing else: no scripts, pictures within it. */
import type { Chart } from '../../charts/chart.js';
import { svgOf } from '../../charts/svg.js';
import { VERSION } from '../../version.js';

// the pictures are drawn on white; in the dark they are turned round, and keep their hues
const STYLE = `
  :root { color-scheme: light dark; --text: #222; --soft: #555; --line: #ddd; --ground: #fff; --code: #f4f4f4; }
  @media (prefers-color-scheme: dark) {
    :root { --text: #ddd; --soft: #aaa; --line: #444; --ground: #171717; --code: #242424; }
    figure img { filter: invert(0.91) hue-rotate(180deg); }
  }
  body { font: 16px/1.5 "Source Sans 3", "Source Sans Pro", Helvetica, Arial, sans-serif; color: var(--text);
    background: var(--ground); max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  h1, h2, th { font-weight: 600; } h2 { margin-top: 2.5rem; }
  figure { display: inline-block; margin: 1rem 1rem 1rem 0; max-width: 34rem; vertical-align: top; }
  figure img { width: 100%; } figcaption, .made { font-size: 0.9rem; color: var(--soft); }
  .wide { overflow-x: auto; } table { border-collapse: collapse; margin: 1rem 0; }
  th, td { text-align: left; vertical-align: top; padding: 0.3rem 1.2rem 0.3rem 0; border-bottom: 1px solid var(--line); }
  td { font-variant-numeric: tabular-nums; } .wide td, .wide th { white-space: nowrap; }
  pre { background: var(--code); padding: 0.8rem 1rem; overflow-x: auto; font-size: 0.85rem; }
  .warning { border-left: 4px solid #d55e00; padding-left: 0.8rem; }`;

/** @param body HTML */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
<p class="made">Made by ratescale ${VERSION}.</p>
</body>
</html>
`;
}

export async function figureOfChart(chart: Chart): Promise<string> {
  const source = Buffer.from(await svgOf(chart)).toString('base64');
  const { title, caption } = chart;
  return `<figure><img alt="${escaped(title)}" src="data:image/svg+xml;base64,${source}"><figcaption>${escaped(caption)}</figcaption></figure>`;
}

/** @param rows text; the first one is the heading if `heading` */
export function table(rows: readonly (readonly string[])[], heading: boolean): string {
  const cells = (row: readonly string[], tag: string) =>
    row.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join('');
  const lines = rows.map((row, k) => `<tr>${cells(row, heading && k === 0 ? 'th' : 'td')}</tr>`);
  return `<table>\n${lines.join('\n')}\n</table>`;
}

/** What a reader copies. */
export function code(text: string): string {
  return `<pre>${escaped(text)}</pre>`;
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
