import type { Command, Option } from 'commander';
import { BadInput } from './bad-input.js';
import { PRESETS } from './presets.js';

const DETAILS = `
For the present session, or in ~/.bashrc, ~/.zshrc or fish's configuration:
  source <(ratescale completion bash)
  source <(ratescale completion zsh)
  ratescale completion fish | source
The command has to be called ratescale there: npm install --global ratescale, or
alias ratescale='npx ratescale'.

Examples:
  ratescale completion bash > ratescale.bash`;

/** What some flags take, where it is one of a few words. */
const WORDS: Readonly<Record<string, string>> = {
  '--dispatch': 'jiq random round-robin jsq jsq:2 longest-idle shortest-idle',
  '--buffer': 'inf',
  '--inverse-step-size': 'inf',
  '--warmup': 'auto',
  '--record-servers': 'all none',
  '--quantiles': 'none',
  '--arrivals-are': 'rate count',
};

/** `ratescale completion`: scripts made from the commands and flags that there are. */
export function addCompletionCommand(program: Command): void {
  const shells: Record<string, (program: Command) => string> = { bash, zsh, fish };
  program
    .command('completion')
    .summary('let a shell complete commands and flags')
    .description('Prints a script that lets a shell complete commands, flags and some values.')
    .argument('<shell>', 'bash, zsh or fish')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', DETAILS)
    .action((name: string) => {
      const script = Object.hasOwn(shells, name) ? shells[name] : undefined;
      if (!script) {
        throw new BadInput(`got shell "${name}"; must be one of ${Object.keys(shells).join(', ')}`);
      }
      process.stdout.write(script(program));
    });
}

/** Words that may stand after a command by themselves. */
function argumentsOf(command: Command): string {
  const names = Object.keys(PRESETS).join(' ');
  return ['run', 'theory', 'replicate'].includes(command.name()) ? names : '';
}

function optionsOf(command: Command): readonly Option[] {
  return command.createHelp().visibleOptions(command);
}

function namesOf({ short, long }: Option): string[] {
  return [short, long].filter((name) => name !== undefined);
}

/** Files are completed wherever nothing else fits, as most values are files. */
function bash(program: Command): string {
  const values = (command: Command) =>
    optionsOf(command)
      .filter(({ long }) => long && WORDS[long])
      .map((option) => {
        const names = namesOf(option).map((name) => `${command.name()}:${name}`);
        return `    ${names.join(' | ')}) words='${WORDS[option.long as string]}' ;;`;
      });
  const valued = (command: Command) =>
    optionsOf(command)
      .filter(({ required, long }) => required && !WORDS[long as string])
      .flatMap(namesOf)
      .map((name) => `${command.name()}:${name}`);
  const flags = ({ name, command }: { name: string; command: Command }) =>
    `        ${name}) words='${optionsOf(command).flatMap(namesOf).join(' ')}' ;;`;
  const alone = ({ name, command }: { name: string; command: Command }) =>
    `        ${name}) words='${argumentsOf(command)}' ;;`;
  const all = program.commands.map((command) => ({ name: command.name(), command }));
  return `# bash completion of ratescale
_ratescale() {
  local current=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} words=
  local before=\${COMP_WORDS[COMP_CWORD-1]}
  if ((COMP_CWORD == 1)); then
    words='${all.map(({ name }) => name).join(' ')}'
  else case "$command:$before" in
${program.commands.flatMap(values).join('\n')}
    ${program.commands.flatMap(valued).join(' | ')}) ;;
    *)
      if [[ $current == -* ]]; then case $command in
${all.map(flags).join('\n')}
      esac; else case $command in
${all.map(alone).join('\n')}
      esac; fi ;;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ratescale ratescale
`;
}

/** zsh runs bash's. */
function zsh(program: Command): string {
  return `autoload -U +X compinit && compinit -u
autoload -U +X bashcompinit && bashcompinit
${bash(program)}`;
}

function fish(program: Command): string {
  const quoted = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
  const line = (...words: string[]) => `complete -c ratescale ${words.filter(Boolean).join(' ')}`;
  const first = "-n '__fish_use_subcommand'";
  return `# fish completion of ratescale
${program.commands
  .flatMap((command) => {
    const here = `-n '__fish_seen_subcommand_from ${command.name()}'`;
    const alone = argumentsOf(command);
    return [
      line(first, '-f', `-a ${command.name()}`, `-d ${quoted(command.summary())}`),
      ...(alone ? [line(here, `-a '${alone}'`)] : []),
      ...optionsOf(command).map(({ short, long, required, description }) =>
        line(
          here,
          short ? `-s ${short.slice(1)}` : '',
          long ? `-l ${long.slice(2)}` : '',
          required ? '-r' : '',
          long && WORDS[long] ? `-a '${WORDS[long]}'` : '',
          `-d ${quoted(description)}`,
        ),
      ),
    ];
  })
  .join('\n')}
`;
}
