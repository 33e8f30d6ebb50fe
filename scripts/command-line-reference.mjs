/** The reference of the command line, made from the commands themselves. */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @returns Markdown: every command with its arguments, options and what its help says beyond them */
export async function commandLineReference() {
  const { program, commands } = await loadCommands();
  return [
    '# The command line',
    '',
    `${program.description()} This page is made from the command itself; \`ratescale <command> --help\` prints the same.`,
    '',
    '| command | |',
    '| --- | --- |',
    ...commands.map(
      (command) => `| [\`${command.name()}\`](#${command.name()}) | ${cell(command.summary())} |`,
    ),
    '',
    'Exit codes: 0 done, 1 failed, 2 bad input, 124 time limit reached, 130 interrupted (Ctrl-C), 129 terminal closed, 143 terminated.',
    '',
    ...commands.flatMap(section),
  ].join('\n');
}

function section(command) {
  const usage = `ratescale ${command.name()} ${command.usage()}`;
  const lines = [
    `## ${command.name()}`,
    '',
    cell(command.description()),
    '',
    '```text',
    usage,
    '```',
    '',
  ];
  const given = command.registeredArguments;
  if (given.length > 0) {
    lines.push('| argument | |', '| --- | --- |');
    lines.push(...given.map((argument) => row(argument.name(), argument.description)), '');
  }
  for (const [heading, options] of grouped(command.options)) {
    lines.push(`**${heading.replace(/:$/, '')}**`, '', '| option | |', '| --- | --- |');
    for (const { flags, description, defaultValue, defaultValueDescription, hidden } of options) {
      if (hidden) continue;
      const standard =
        defaultValueDescription ??
        (defaultValue === undefined ? undefined : JSON.stringify(defaultValue));
      lines.push(
        row(flags, standard === undefined ? description : `${description}; default ${standard}`),
      );
    }
    lines.push('');
  }
  const after = textAfterHelp(command);
  if (after) lines.push('```text', after, '```', '');
  return lines;
}

function grouped(options) {
  const groups = new Map();
  for (const option of options) {
    const heading = option.helpGroupHeading ?? 'Options:';
    groups.set(heading, [...(groups.get(heading) ?? []), option]);
  }
  return groups;
}

const row = (name, text) => `| \`${name.replaceAll('|', '\\|')}\` | ${cell(text)} |`;

/** Text for a cell of a table. */
function cell(text) {
  return text.replace(/\s*\n\s*/g, ' ').replace(/[|<>*_^`]/g, '\\$&');
}

/** What a command's help says after its options. */
function textAfterHelp(command) {
  let whole = '';
  command.configureOutput({
    writeOut: (text) => {
      whole += text;
    },
  });
  const before = command.helpInformation();
  command.outputHelp();
  return whole.slice(before.length).trim();
}

/** The commands, as src/cli/main.ts adds them, in its order. */
async function loadCommands() {
  const main = readFileSync(join(root, 'src/cli/main.ts'), 'utf8');
  const imports = [...main.matchAll(/^import \{ (add\w+) \} from '\.\/(.*)\.js';$/gm)];
  const modules = new Map(imports.map(([, name, file]) => [name, file]));
  const order = Array.from(main.matchAll(/^(add\w+)\(program\);$/gm), ([, name]) => name);
  const [, description] = /\.description\('(.*)'\)/.exec(main);
  const outfile = join(root, `build/commands-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: `import { Command } from 'commander';
${order.map((name) => `import { ${name} } from './${modules.get(name)}.ts';`).join('\n')}
export const program = new Command('ratescale').description(${JSON.stringify(description)});
${order.map((name) => `${name}(program);`).join('\n')}`,
      resolveDir: join(root, 'src/cli'),
      loader: 'js',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    external: ['#platform', '#font'],
    outfile,
    logLevel: 'error',
  });
  try {
    const { program } = await import(pathToFileURL(outfile).href);
    return { program, commands: program.commands };
  } finally {
    await rm(outfile, { force: true });
  }
}
