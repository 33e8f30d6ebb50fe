/** Finds SLURM and MUNGE for the tests of the recipes; on Debian, as root, installs them. */
import { fileURLToPath } from 'node:url';
import { find, install } from './debian.mjs';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol', 'squeue', 'scancel'];
const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

/** Paths of SLURM's programs by name; undefined if one is missing. */
export function findSlurm() {
  const paths = PROGRAMS.map((name) => [
    name,
    find(...FOLDERS.map((folder) => `${folder}/${name}`)),
  ]);
  return paths.every(([, path]) => path) ? Object.fromEntries(paths) : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!findSlurm()) install(['slurm-wlm', 'munge'], 'the tests of the recipes');
  if (!findSlurm()) {
    console.error(
      'The tests of the recipes leave out SLURM, as there is none: install it (Debian: apt-get install slurm-wlm munge).',
    );
  }
}
