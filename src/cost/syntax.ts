/**
 * The grammar of cost expressions. It is parsed here because jsep, the kept library for it, reads −x^2 as (−x)^2, has no
 * `2x`, and does not say where in the text a name stands: mending that takes more code than the five rules do.
 *
 *     sum    = term { ("+" | "-") term }
 *     term   = factor { ("*" | "/") factor | power }        2x and 2(1+x) are products
 *     factor = ("-" | "+") factor | power
 *     power  = atom [ ("^" | "**") factor ]                 from right to left; −x^2 = −(x^2)
 *     atom   = number | name [ "(" sum { "," sum } ")" ] | "(" sum ")"
 */
export type Node =
  | { kind: 'number'; value: number }
  | { kind: 'name'; name: string }
  | { kind: 'negate'; of: Node }
  | { kind: 'operation'; operator: Operator; left: Node; right: Node }
  | { kind: 'call'; name: string; args: Node[]; at: number };

export type Operator = '+' | '-' | '*' | '/' | '^';

interface Token {
  kind: 'number' | 'name' | 'sign' | 'end';
  text: string;
  /** of its first character, counted from 1 */
  at: number;
}

const TOKEN =
  /(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<sign>\*\*|[-+*/^(),])/y;

/** Characters of an expression: none that means anything is longer, and the stack holds what may be nested in so many. */
const LONGEST = 1000;

/** The names that an expression may use. */
export interface Vocabulary {
  values: ReadonlySet<string>;
  functions: ReadonlySet<string>;
}

/** @throws Error that says what is wrong, and where */
export function parse(text: string, vocabulary: Vocabulary): Node {
  if (text.length > LONGEST) {
    throw new Error(`it has ${text.length} characters and may have ${LONGEST}`);
  }
  return new Parser(tokensOf(text), vocabulary).whole();
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (true) {
    while (/\s/.test(text[index] ?? '')) index++;
    const at = index + 1;
    if (index === text.length) {
      tokens.push({ kind: 'end', text: '', at });
      return tokens;
    }
    TOKEN.lastIndex = index;
    const { number, name, sign } = TOKEN.exec(text)?.groups ?? {};
    const found = number ?? name ?? sign;
    if (found === undefined) {
      const character = String.fromCodePoint(text.codePointAt(index) as number);
      throw new Error(
        `only arithmetic and functions of x are allowed, not ${JSON.stringify(character)}${place(at)}`,
      );
    }
    const kind = number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign';
    tokens.push({ kind, text: found === '**' ? '^' : found, at });
    index += found.length;
  }
}

/** For error messages. */
export function place(at: number): string {
  return ` (at character ${at})`;
}

class Parser {
  readonly #tokens: Token[];
  readonly #vocabulary: Vocabulary;
  #index = 0;

  constructor(tokens: Token[], vocabulary: Vocabulary) {
    this.#tokens = tokens;
    this.#vocabulary = vocabulary;
  }

  whole(): Node {
    const node = this.#sum();
    if (this.#next.kind !== 'end') throw this.#unexpected('an operator');
    return node;
  }

  get #next(): Token {
    return this.#tokens[this.#index] as Token;
  }

  /** Takes one of some signs, if it comes next. */
  #take<Sign extends string>(...signs: Sign[]): Sign | undefined {
    const { kind, text } = this.#next;
    const sign = kind === 'sign' ? signs.find((sign) => sign === text) : undefined;
    if (sign !== undefined) this.#index++;
    return sign;
  }

  #unexpected(wanted: string): Error {
    const { kind, text, at } = this.#next;
    return new Error(
      kind === 'end'
        ? `it ends where ${wanted} should follow`
        : `${wanted} should stand before "${text}"${place(at)}`,
    );
  }

  #sum(): Node {
    let left = this.#term();
    while (true) {
      const operator = this.#take('+', '-');
      if (!operator) return left;
      left = { kind: 'operation', operator, left, right: this.#term() };
    }
  }

  #term(): Node {
    let left = this.#factor();
    let divided = false;
    while (true) {
      const operator = this.#take('*', '/');
      if (operator) {
        left = { kind: 'operation', operator, left, right: this.#factor() };
        divided = operator === '/';
        continue;
      }
      const { kind, text, at } = this.#next;
      if (kind !== 'name' && text !== '(') return left;
      if (divided) {
        throw new Error(`1/2x can be read in two ways: write 1/2*x or 1/(2*x)${place(at)}`);
      }
      left = { kind: 'operation', operator: '*', left, right: this.#power() };
    }
  }

  #factor(): Node {
    if (this.#take('-')) return { kind: 'negate', of: this.#factor() };
    if (this.#take('+')) return this.#factor();
    return this.#power();
  }

  #power(): Node {
    const left = this.#atom();
    if (!this.#take('^')) return left;
    return { kind: 'operation', operator: '^', left, right: this.#factor() };
  }

  #atom(): Node {
    const { kind, text, at } = this.#next;
    if (kind === 'number') {
      this.#index++;
      const value = Number(text);
      if (!Number.isFinite(value)) throw new Error(`${text} is too large${place(at)}`);
      return { kind, value };
    }
    if (kind === 'name') {
      this.#index++;
      return this.#named(text, at);
    }
    if (this.#take('(')) {
      const node = this.#sum();
      this.#close(at);
      return node;
    }
    throw this.#unexpected('a number, x or "("');
  }

  /** A value, or a call of a function. */
  #named(name: string, at: number): Node {
    const { values, functions } = this.#vocabulary;
    if (values.has(name)) return { kind: 'name', name };
    if (!functions.has(name)) {
      const known = [...values, ...functions].join(', ');
      throw new Error(`there is no ${name}${place(at)}; there are ${known}`);
    }
    const open = this.#next.at;
    if (!this.#take('(')) throw new Error(`${name} is a function: write ${name}(x)${place(at)}`);
    const args = [this.#sum()];
    while (this.#take(',')) args.push(this.#sum());
    this.#close(open);
    return { kind: 'call', name, args, at };
  }

  #close(open: number): void {
    if (this.#take(')')) return;
    if (this.#next.kind === 'end') throw new Error(`the "("${place(open)} is never closed`);
    throw this.#unexpected('an operator or ")"');
  }
}
