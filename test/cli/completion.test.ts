import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Directory, SMALL } from './ratescale.js';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

/** What bash offers for the last of these words. */
function offered(script: string, words: string[], directory: string): string[] {
  const program = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_ratescale
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', program], {
    encoding: 'utf8',
    cwd: directory,
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout.split('\n').filter((word) => word !== '');
}

describe.concurrent('ratescale completion', () => {
  it.skipIf(!has('bash'))('completes commands, flags and values in bash', async () => {
    const here = new Directory();
    const { stdout: script } = await here.run(['completion', 'bash']);
    const complete = (...words: string[]) => offered(script, ['ratescale', ...words], here.path);
    expect(complete('re')).toEqual(['replicate', 'report', 'reproduce']);
    const { stdout: help } = await here.run(['--help']);
    const commands = [...help.matchAll(/^ {2}([a-z]+) (?=.* {2,})/gm)].map(([, name]) => name);
    for (const name of commands) if (name !== 'help') expect(complete('')).toContain(name);
    expect(complete('run', '--res')).toEqual(['--resume']);
    expect(complete('run', 'f')).toEqual(['fig1', 'fig2a', 'fig2b', 'fig3', 'fig4', 'fig5']);
    expect(complete('run', '-n', '5', '--dispatch', 'l')).toEqual(['longest-idle']);
    expect(complete('run', '-m', '')).toEqual(['inf']);
    // files, which bash itself completes where nothing is offered
    expect(complete('run', '--checkpoint', 'f')).toEqual([]);
    expect(complete('sweep', '')).toEqual([]);
    expect(complete('sweep', '--st')).toEqual(['--status']);
    expect(complete('run', '--plot', '$(touch bad)')).toEqual([]);
    expect(here.files()).toEqual([]);
    expect(script).toMatch(/^complete -o default -F _ratescale ratescale$/m);
  });

  it('every value that it offers is one that runs', async () => {
    const here = new Directory();
    const { stdout } = await here.run(['completion', 'bash']);
    const offers = [...stdout.matchAll(/run:(--[\w-]+)(?: \| [^)]*)?\) words='([^']+)' ;;/g)];
    expect(offers.length).toBeGreaterThan(4);
    for (const [, flag = '', words = ''] of offers) {
      if (flag === '--arrivals-are') continue; // only beside a file of arrivals
      for (const word of words.split(' ')) {
        const { code, stderr } = await here.run(['run', ...SMALL, '-T', '3000', flag, word]);
        expect({ flag, word, code, stderr }).toMatchObject({ flag, word, code: 0 });
      }
    }
  });

  it.each(['zsh', 'fish'])('is a script that %s takes', async (shell) => {
    const here = new Directory();
    const { code, stdout } = await here.run(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain(shell === 'fish' ? "-a 'fig1 fig2a" : 'bashcompinit');
    here.write('script', stdout);
    if (has(shell)) expect(spawnSync(shell, ['-n', 'script'], { cwd: here.path }).status).toBe(0);
  });

  it('says which shells there are', async () => {
    const { code, stderr } = await new Directory().run(['completion', 'tcsh']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'ratescale: got shell "tcsh"; must be one of bash, zsh, fish\n',
    });
  });
});
