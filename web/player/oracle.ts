/** Asks theory about loads, in a worker of its own, one after the other; remembers the answers. */
import type { CompleteConfig } from '../../src/index.js';
import type { Load } from './load.js';
import type { FromWorker, Port, ToWorker } from './protocol.js';
import type { Prediction } from './theory.js';

const MOST_ANSWERS = 500;
const NOTHING: Prediction = { fixedPoint: null, band: null, reason: null };

type Line = Port<ToWorker, FromWorker>;
interface Question {
  key: string;
  config: CompleteConfig;
  load: Load;
}

export class Oracle {
  readonly #connect: () => Line;
  readonly #answers = new Map<string, Prediction>();
  #line: Line | null = null;
  #asked: string | null = null;
  /** the latest question, while another is being answered */
  #next: Question | null = null;

  /** @param onAnswer told when more is known than before */
  constructor(
    connect: () => Line,
    readonly onAnswer: () => void,
  ) {
    this.#connect = connect;
  }

  /** What is known by now. */
  about(config: CompleteConfig, load: Load): Prediction {
    const { servers, buffer, dispatch, service, classes, period } = config;
    const { arrivalRate, inverseStepSize, cost } = load;
    const costs = classes?.map((group) => [group.servers, group.cost]);
    const others = { dispatch, service, costs, period };
    const key = JSON.stringify({ servers, buffer, arrivalRate, inverseStepSize, cost, others });
    const answer = this.#answers.get(key);
    if (!answer) this.#ask({ key, config, load });
    return answer ?? NOTHING;
  }

  /** Questions that nobody waits for any more are not asked. */
  forget(): void {
    this.#next = null;
  }

  end(): void {
    this.#line?.end();
    this.#line = null;
    this.#asked = null;
    this.#next = null;
  }

  #ask(question: Question): void {
    if (this.#asked !== null) {
      if (this.#asked !== question.key) this.#next = question;
      return;
    }
    if (!this.#line) {
      this.#line = this.#connect();
      this.#line.listen((message) => {
        if (message.type === 'prediction') this.#learn(message.key, message.prediction);
      });
    }
    this.#asked = question.key;
    // theory needs neither lists of rates nor a schedule
    const { schedule: _, classes, ...config } = question.config;
    const start = { initialRates: 0, initialTasks: 0 };
    const lean = {
      ...config,
      ...start,
      ...(classes && { classes: classes.map((group) => ({ ...group, ...start })) }),
    };
    this.#line.post({ type: 'predict', key: question.key, config: lean, load: question.load });
  }

  #learn(key: string, prediction: Prediction): void {
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    this.#answers.set(key, prediction);
    this.#asked = null;
    const next = this.#next;
    this.#next = null;
    if (next && !this.#answers.has(next.key)) this.#ask(next);
    this.onAnswer();
  }
}
