/** What a run leaves in files: its trajectory, a picture, and a page to read; one entry each. */
import { extname } from 'node:path';
import type { SimulationResult } from '../run/result.js';
import { BadInput } from './bad-input.js';
import { openOutputFile, type Pieces } from './output-file.js';
import type { Theory } from './summary.js';

/** What is written, and how it is made from the result. */
type Content = (result: SimulationResult, theory: Theory) => Pieces | Promise<Pieces>;

interface Output {
  /** the flag's key among the parsed options */
  key: string;
  /** by the ending of the file's name; `-` is standard output */
  contents: Record<string, () => Promise<Content>>;
  /** what the name may be, for errors */
  takes: string;
}

const trajectoryCsv = async (): Promise<Content> => (await import('./trajectory-csv.js')).csv;
const svg = async (): Promise<Content> => (await import('./picture/files.js')).svgPicture();
const png = async (): Promise<Content> => (await import('./picture/files.js')).pngPicture();
const html = async (): Promise<Content> => (await import('./html/run-page.js')).runPage();

const OUTPUTS: readonly Output[] = [
  {
    key: 'trajectory',
    contents: {
      '.csv': trajectoryCsv,
      '.json': async () => (await import('./trajectory-json.js')).json,
      '-': trajectoryCsv,
    },
    takes: 'must end in .csv or .json, or be - for CSV on standard output',
  },
  {
    key: 'plot',
    contents: {
      '.svg': svg,
      '.png': png,
      '-': async () => (await import('./picture/terminal.js')).terminalPicture,
    },
    takes: 'must end in .svg or .png, or be - for the terminal',
  },
  {
    key: 'html',
    contents: { '.html': html, '.htm': html, '-': html },
    takes: 'must end in .html, or be - for standard output',
  },
];

export interface RunOutputs {
  /** whether standard output is taken by data, so that the summary has to go elsewhere */
  takesStdout: boolean;
  /** Writes all files, whether or not one fails. @throws {Failure} the first one */
  write: Writer;
  /** Writes what goes to standard output. */
  print: Writer;
}

type Writer = (result: SimulationResult, theory: Theory) => Promise<void>;

/**
 * Makes sure, before a run, that its files can be written.
 * @throws {BadInput} if one cannot: its name, its place, what draws it, or two that want standard output
 */
export async function openOutputs(flags: Record<string, unknown>): Promise<RunOutputs> {
  const given = OUTPUTS.filter(({ key }) => typeof flags[key] === 'string').map((output) => ({
    ...output,
    path: flags[output.key] as string,
  }));
  const onStdout = given.filter(({ path }) => path === '-').map(({ key }) => `--${key} -`);
  const all = [...(flags.json ? ['--json'] : []), ...onStdout];
  if (all.length > 1) {
    throw new BadInput(`${all.join(' and ')}: only one can be on standard output; name files`);
  }
  const files: Writer[] = [];
  const printed: Writer[] = [];
  for (const { key, path, contents, takes } of given) {
    const load = contents[path === '-' ? path : extname(path).toLowerCase()];
    if (!load) throw new BadInput(`--${key}: got "${path}"; ${takes}`);
    const content = await load();
    const file = await openOutputFile(`--${key}`, path);
    const writers = path === '-' ? printed : files;
    writers.push(async (...given) => file.write(await content(...given)));
  }
  return {
    takesStdout: onStdout.length > 0 && flags.plot !== '-',
    async write(...result) {
      const ends = await Promise.allSettled(files.map((write) => write(...result)));
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
    },
    async print(...result) {
      for (const print of printed) await print(...result);
    },
  };
}
