#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { EngineError } from '../errors.js';
import { VERSION } from '../version.js';
import { BadInput, Failure, reason } from './bad-input.js';
import { addBenchCommand } from './bench-command.js';
import { addCompareCommand } from './compare-command.js';
import { addMergeCommand } from './merge-command.js';
import { addPlayCommand } from './play-command.js';
import { addReplicateCommand } from './replicate-command.js';
import { addReproduceCommand } from './reproduce-command.js';
import { addRunCommand } from './run-command.js';
import { addSweepCommand } from './sweep-command.js';
import { addTheoryCommand } from './theory-command.js';
import { addTuneCommand } from './tune-command.js';
import { addWorkCommand } from './work-command.js';

function say(message: string): void {
  process.stderr.write(`ratescale: ${message.trim().replace(/\s*\n\s*/g, ' ')}\n`);
}

// A reader that leaves early (`ratescale … | head -1`) has what it wanted; a full disk is a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return;
  say(`standard output: ${reason(error)}`);
  process.exitCode = 1;
});
process.stderr.on('error', () => {});

const program = new Command('ratescale')
  .description('Exact simulation of service systems whose servers set their own speed.')
  .version(VERSION, '-V, --version', 'print the version')
  .helpOption('-h, --help', 'print help; `ratescale run --help` explains every option of a run')
  .configureOutput({ outputError: (text) => say(text.replace(/^error: /, '')) })
  .exitOverride()
  .addHelpText(
    'after',
    `
Exit codes:
  0 done   1 failed   2 bad input   124 time limit reached
  130 interrupted (Ctrl-C)   129 terminal closed   143 terminated`,
  );
addRunCommand(program);
addTheoryCommand(program);
addReplicateCommand(program);
addSweepCommand(program);
addMergeCommand(program);
addWorkCommand(program);
addCompareCommand(program);
addTuneCommand(program);
addReproduceCommand(program);
addBenchCommand(program);
addPlayCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has said what is wrong, or printed what was asked for
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof BadInput) {
    say(error.message);
    process.exitCode = 2;
  } else if (error instanceof Failure || error instanceof EngineError) {
    say(error.message);
    process.exitCode = 1;
  } else {
    throw error;
  }
}
