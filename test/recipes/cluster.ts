/** SLURM on one node, this machine, for tests: its three daemons on free ports, with everything in one directory. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { until } from './until.js';

const run = promisify(execFile);

// nothing that needs systemd, control groups or a database; requeued jobs need not wait for two minutes
const configuration = (at: string, host: string, user: string, ports: number[]) => `
ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=${at}/munge.socket,cred_expire=5
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=${at}/state
SlurmdSpoolDir=${at}/spool
SlurmctldPidFile=${at}/slurmctld.pid
SlurmdPidFile=${at}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
ReturnToService=2
KillWait=5
NodeName=${host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=32000 State=UNKNOWN
PartitionName=all Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;

export class Cluster {
  readonly #at = mkdtempSync(join(tmpdir(), 'slurm-'));
  readonly #daemons: ChildProcess[] = [];
  readonly #programs: Record<string, string>;
  /** with which SLURM's commands find this cluster */
  readonly environment = { ...process.env, SLURM_CONF: join(this.#at, 'slurm.conf') };
  #said = '';

  static async start(programs: Record<string, string>): Promise<Cluster> {
    const cluster = new Cluster(programs);
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  private constructor(programs: Record<string, string>) {
    this.#programs = programs;
  }

  async #start(): Promise<void> {
    const at = this.#at;
    for (const name of ['state', 'spool']) mkdirSync(join(at, name));
    writeFileSync(join(at, 'munge.key'), randomBytes(1024), { mode: 0o600 });
    const host = hostname().replace(/\..*/, '');
    const ports = [await freePort(), await freePort()];
    writeFileSync(this.environment.SLURM_CONF, configuration(at, host, userInfo().username, ports));
    const files = { socket: 'socket', 'key-file': 'key', 'pid-file': 'pid', 'seed-file': 'seed' };
    const options = Object.entries(files).map(([name, end]) => `--${name}=${at}/munge.${end}`);
    this.#daemon('munged', '--foreground', '--force', `--log-file=${at}/munge.log`, ...options);
    this.#daemon('slurmctld', '-D', '-i');
    this.#daemon('slurmd', '-D');
    await until(
      async () => {
        if (this.#daemons.some(({ exitCode }) => exitCode !== null)) throw new Error(this.#said);
        const node = await this.command('scontrol', 'show', 'node', host).catch(() => '');
        return /State=IDLE /.test(node);
      },
      () => `SLURM does not start:\n${this.#said}`,
    );
  }

  #daemon(name: string, ...args: string[]): void {
    const path = this.#programs[name] as string;
    const child = spawn(path, args, {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        this.#said += data;
      });
    }
    this.#daemons.push(child);
  }

  /** Runs one of SLURM's commands; what it prints. */
  async command(name: string, ...args: string[]): Promise<string> {
    const path = this.#programs[name] as string;
    return (await run(path, args, { env: this.environment })).stdout;
  }

  /** What SLURM knows of a job or a task of an array: JobState, Restarts … */
  async job(id: string): Promise<Record<string, string>> {
    const text = await this.command('scontrol', 'show', 'job', '--oneliner', id);
    return Object.fromEntries(
      [...text.matchAll(/(\w+)=(\S*)/g)].map(([, name, value]) => [name, value]),
    );
  }

  /** Waits until a job has ended; its last state. */
  async ended(id: string): Promise<string> {
    let state = '';
    await until(
      async () => {
        state = (await this.job(id)).JobState as string;
        return !/PENDING|RUNNING|COMPLETING|REQUEUED|CONFIGURING/.test(state);
      },
      async () => `job ${id} does not end: ${JSON.stringify(await this.job(id))}\n${this.#said}`,
    );
    return state;
  }

  async stop(): Promise<void> {
    await this.command('scancel', '--user', userInfo().username).catch(() => {});
    const running = async () => (await this.command('squeue', '--noheader')) !== '';
    await until(
      async () => !(await running().catch(() => false)),
      () => this.#said,
    );
    for (const child of this.#daemons.reverse()) {
      if (child.exitCode !== null) continue;
      child.kill();
      await new Promise((resolve) => child.once('exit', resolve));
    }
    rmSync(this.#at, { recursive: true, force: true });
  }
}
