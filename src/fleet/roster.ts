import { where } from './address.js';
import type { Connection } from './connection.js';
import { ANNOUNCEMENTS, type Announcement, makerText, readAnnouncement, US } from './protocol.js';

/** Milliseconds after which a worker that says nothing is gone, and after which nobody at work is worth a word. */
const SILENCE = 5000;
const LONG = 10_000;

interface Member {
  said: Announcement;
  at: number;
}

/** Who works on the queue, from what workers announce every second. */
export class Roster {
  readonly #connection: Connection;
  readonly #say: (message: string) => void;
  readonly #members = new Map<string, Member>();
  #lastSeen = performance.now();
  #complained = false;

  /** @param onChange told when the number of threads has changed */
  constructor(connection: Connection, say: (message: string) => void, onChange: () => void) {
    this.#connection = connection;
    this.#say = say;
    const redis = connection.another();
    redis.on('message', (_channel, message) => {
      const before = this.threads;
      this.#note(readAnnouncement(message));
      if (this.threads !== before) onChange();
    });
    void redis.subscribe(ANNOUNCEMENTS).catch(() => {});
  }

  /** Threads that take our packs. */
  get threads(): number {
    return this.#present(true).reduce((sum, { lanes }) => sum + lanes, 0);
  }

  /** Accepted arrivals and departures of the packs under way. */
  events(isOurs: (pack: string) => boolean): number {
    return this.#present(true)
      .flatMap(({ packs }) => packs)
      .reduce((sum, [pack, events]) => sum + (isOurs(pack) ? events : 0), 0);
  }

  /** Says so, once, if nobody has been at work for long. */
  look(): void {
    const now = performance.now();
    for (const [name, { at }] of this.#members) {
      if (now - at > SILENCE) this.#members.delete(name);
    }
    if (this.threads > 0) {
      this.#lastSeen = now;
      this.#complained = false;
      return;
    }
    if (this.#complained || now - this.#lastSeen < LONG) return;
    this.#complained = true;
    const others = new Set(this.#present(false).map(makerText));
    const foreign =
      others.size > 0 ? ` (there are workers of ${[...others].join(' and of ')})` : '';
    this.#say(
      `no worker of ${makerText(US)} is at ${where(this.#connection.url)}${foreign}; waiting for "ratescale work --queue …" on some machine`,
    );
  }

  #note(said: Announcement | null): void {
    if (said) this.#members.set(said.worker, { said, at: performance.now() });
  }

  /** Those who have been heard of lately: of our version and engine, or all others. */
  #present(ours: boolean): Announcement[] {
    const now = performance.now();
    return [...this.#members.values()]
      .filter(({ at }) => now - at <= SILENCE)
      .map(({ said }) => said)
      .filter((said) => ours === (said.version === US.version && said.engine === US.engine));
  }
}
