/*
 * A realm of V8 that has what Internet Explorer 10 has, with timers and a WebSocket as a page sees them. What goes over its lines can be
 * written down, to be played again where there are no sockets.
 */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { WebSocket } from 'ws';
import { filesOf, type Ladder, type Outcome, type SuiteOptions } from './theatre.ts';

/** One line, from the page's side: `>` and `<` are frames (text, or hex in a list), `x` its end. */
export interface TapedLine {
  /** Empty of a line that never opened. */
  protocol: string;
  readonly frames: readonly (readonly ['>' | '<' | 'x', string | readonly [string]])[];
}

/** What became of a ladder. */
export interface Played {
  readonly outcomes: readonly Outcome[];
  /** What could not be taken away. */
  readonly left: readonly string[];
  /** Globals that the scripts have added. */
  readonly added: readonly string[];
  /** Names of the methods that the realm has, the polyfills' among them. */
  readonly methods: readonly string[];
  /** All lines, in order. */
  readonly tape: readonly TapedLine[];
}

type Handler = ((event: object) => void) | null;

/** What a page has of a WebSocket, and nothing of `ws` beside it. */
function pageSocket(tape: TapedLine[]): unknown {
  return class PageSocket {
    binaryType = 'blob';
    onopen: Handler = null;
    onmessage: Handler = null;
    onerror: Handler = null;
    onclose: Handler = null;
    readonly #socket: WebSocket;
    readonly #frames: ['>' | '<' | 'x', string | readonly [string]][] = [];

    constructor(url: string, protocols: readonly string[]) {
      this.#socket = new WebSocket(url, [...protocols]);
      this.#socket.binaryType = 'arraybuffer';
      const line: TapedLine = { protocol: '', frames: this.#frames };
      tape.push(line);
      this.#socket.onopen = () => {
        line.protocol = this.protocol;
        this.onopen?.({});
      };
      this.#socket.onmessage = ({ data }) => {
        this.#frames.push(['<', taped(data as string | ArrayBuffer)]);
        this.onmessage?.({ data });
      };
      this.#socket.onerror = () => this.onerror?.({});
      this.#socket.onclose = ({ code, reason, wasClean }) => {
        this.#frames.push(['x', String(code)]);
        this.onclose?.({ code, reason, wasClean });
      };
    }
    get protocol(): string {
      return this.#socket.protocol;
    }
    get readyState(): number {
      return this.#socket.readyState;
    }
    get bufferedAmount(): number {
      return this.#socket.bufferedAmount;
    }
    send(data: string | Uint8Array): void {
      if (typeof data !== 'string' && !ArrayBuffer.isView(data)) throw new Error('send: no text and no view of the platform');
      this.#frames.push(['>', taped(data)]);
      this.#socket.send(data);
    }
    close(code?: number, reason?: string): void {
      this.#socket.close(code, reason);
    }
  };
}

function taped(data: string | ArrayBuffer | Uint8Array): string | readonly [string] {
  if (typeof data === 'string') return data;
  return [
    (ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)).toString('hex'),
  ];
}

/** Plays a ladder in a realm of its own. */
export async function playInOldRealm(ladder: Ladder, options: SuiteOptions): Promise<Played> {
  const tape: TapedLine[] = [];
  const context = vm.createContext({ setTimeout, clearTimeout, atob, btoa, WebSocket: pageSocket(tape) });
  const evaluate = (code: string, filename = 'test'): unknown => vm.runInContext(code, context, { filename });
  evaluate('var window = this, self = this;');
  for (const file of filesOf(ladder, true, 'storage.js')) evaluate(readFileSync(file, 'utf8'), file);
  const play = evaluate('(function (options, done) { playLadder(JSON.parse(options), done); })') as (
    options: string,
    done: (outcomes: Outcome[]) => void,
  ) => void;
  const outcomes = await new Promise<Outcome[]>((resolve) => play(JSON.stringify(options), resolve));
  const list = (code: string): string[] => [...(evaluate(code) as string[])];
  return { outcomes, tape, left: list('ie10.left'), added: list('added'), methods: list(methods) };
}

/** Of what a platform brings, as an expression. */
export const methods = `[Object, Array, String, Number, Math, Promise, Map, Set, WeakMap, Symbol, ArrayBuffer, Uint8Array, Date, JSON, RegExp, Function]
  .reduce(function (names, owner) {
    return names.concat(Object.getOwnPropertyNames(owner), owner.prototype ? Object.getOwnPropertyNames(owner.prototype) : []);
  }, Object.getOwnPropertyNames(Object.getPrototypeOf(Uint8Array.prototype)))`;
