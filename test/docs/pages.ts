/** The Markdown pages of the project, and the blocks of code in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What users read, by path. */
export const PAGES: string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'examples/README.md'],
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export interface Block {
  /** `ts`, `js`, `json`, `sh`, `python`, `r`, `http`, `html`, `csv`; `text` for what is no code */
  language: string;
  /** of the file that the block is, if it says so: ```json plan.json */
  file?: string;
  text: string;
}

/** The blocks of a page, in order. Output stands in blocks without a language, or of `text`. */
export function blocksOf(page: string): Block[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```([^\n]*)\n(.*?)^```$/gms)].map(([, info = '', text = '']) => {
    const [language = '', file] = info.split(' ');
    return { language: language || 'text', text, ...(file && { file }) };
  });
}
