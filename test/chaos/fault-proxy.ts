/*
 * What stands between a client and the router: plain TCP that goes wrong when told. It knows nothing of WAMP, and of WebSocket and
 * RawSocket only how a frame begins, so that garbage may come as a frame.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Direction, LineFault } from './faults.ts';

export interface ProxyOptions {
  /** Where the router is now. */
  readonly routerPort: () => number;
  /** How garbage is made a frame. */
  readonly protocol: 'websocket' | 'rawsocket';
}

export class FaultProxy {
  readonly options: ProxyOptions;
  /** Told of each fault when it has come to a line. */
  onFault: ((kind: LineFault['kind']) => void) | undefined;
  private readonly server: Server;
  private readonly lines = new Set<ProxyLine>();
  /** For the next line, when there is none. */
  private waiting: LineFault[] = [];
  /** Nobody is let in until then. */
  private closedUntil = 0;

  private constructor(options: ProxyOptions) {
    this.options = options;
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.take(socket));
  }

  static async open(options: ProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** On the line that came last, or on the next one. */
  fault(fault: LineFault): void {
    const line = [...this.lines].filter((each) => each.isWhole).at(-1);
    if (line) this.apply(line, fault);
    else this.waiting.push(fault);
  }

  refuse(ms: number): void {
    this.closedUntil = Date.now() + ms;
    for (const line of this.lines) line.reset();
  }

  /** No faults from here on. Half-open lines stay as they are: somebody has to notice. */
  heal(): void {
    this.waiting = [];
    this.closedUntil = 0;
    for (const line of this.lines) line.heal();
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const line of this.lines) line.reset();
    await closed;
  }

  private take(client: Socket): void {
    if (Date.now() < this.closedUntil) {
      client.on('error', () => {}).resetAndDestroy();
      return;
    }
    const line = new ProxyLine(
      client,
      connect({ port: this.options.routerPort(), allowHalfOpen: true, noDelay: true }),
      this.options,
    );
    this.lines.add(line);
    line.onGone = () => this.lines.delete(line);
    for (const fault of this.waiting.splice(0, 1)) this.apply(line, fault);
  }

  private apply(line: ProxyLine, fault: LineFault): void {
    line.suffer(fault);
    this.onFault?.(fault.kind);
  }
}

class ProxyLine {
  onGone: (() => void) | undefined;
  private readonly client: Socket;
  private readonly router: Socket;
  private readonly up: Pipe;
  private readonly down: Pipe;
  private readonly options: ProxyOptions;
  private ghostMs: number | undefined;
  private timers: NodeJS.Timeout[] = [];
  private open = 2;

  constructor(client: Socket, router: Socket, options: ProxyOptions) {
    this.client = client;
    this.router = router;
    this.options = options;
    this.up = new Pipe(client, router);
    this.down = new Pipe(router, client);
    this.watch(client, this.up, router);
    this.watch(router, this.down, client);
  }

  get isWhole(): boolean {
    return this.open === 2 && this.ghostMs === undefined;
  }

  suffer(fault: LineFault): void {
    switch (fault.kind) {
      case 'reset':
        return this.reset();
      case 'close':
        this.client.end();
        this.router.end();
        return this.later(500, () => this.reset());
      case 'half-open':
        this.ghostMs = fault.ghostMs;
        for (const direction of fault.directions) this.pipe(direction).swallow();
        return;
      case 'garbage': {
        const bytes = fault.isFrame ? frame(this.options.protocol, fault.direction, fault.bytes) : Buffer.from(fault.bytes);
        this.pipe(fault.direction).insert(bytes, fault.goesOn);
        // Whoever took it for the beginning of something waits for the rest.
        return this.later(400, () => this.reset());
      }
      case 'cut':
        this.pipe(fault.direction).cut(fault.part, () => (fault.byReset ? this.reset() : this.destroy()));
        return this.later(400, () => this.reset());
      case 'slow':
        for (const direction of fault.directions) this.pipe(direction).slow(fault.bytes);
        return this.later(fault.ms, () => this.heal());
      default:
        fault satisfies never;
    }
  }

  reset(): void {
    this.clear();
    this.client.resetAndDestroy();
    this.router.resetAndDestroy();
  }

  heal(): void {
    this.up.hurry();
    this.down.hurry();
  }

  private destroy(): void {
    this.clear();
    this.client.destroy();
    this.router.destroy();
  }

  private pipe(direction: Direction): Pipe {
    return direction === 'up' ? this.up : this.down;
  }

  private later(ms: number, what: () => void): void {
    this.timers.push(setTimeout(what, ms));
  }

  private clear(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }

  private watch(socket: Socket, from: Pipe, other: Socket): void {
    let failed = false;
    socket.on('error', () => {
      failed = true;
    });
    socket.on('end', () => {
      // The router is to learn late that its client has given up.
      if (this.ghostMs !== undefined && socket === this.client) this.later(this.ghostMs, () => this.reset());
      else from.end();
    });
    socket.on('close', () => {
      this.open--;
      if (this.open === 0) {
        this.clear();
        this.onGone?.();
        return;
      }
      if (this.ghostMs !== undefined) {
        if (socket === this.client) this.later(this.ghostMs, () => this.reset());
        else if (!this.down.isSwallowed) this.client.destroySoon();
        return; // the client has to find out by itself
      }
      if (failed) other.resetAndDestroy();
      else from.end(() => other.destroySoon());
    });
  }
}

/** One direction of a line. */
class Pipe {
  isSwallowed = false;
  private readonly source: Socket;
  private readonly sink: Socket;
  /** What to do with what comes next; true: it is done with. */
  private trap: ((chunk: Buffer) => boolean) | undefined;
  private bytesAtOnce: number | undefined;
  private queue: Buffer[] = [];
  private timer: NodeJS.Timeout | undefined;
  private whenEmpty: (() => void) | undefined;

  constructor(source: Socket, sink: Socket) {
    this.source = source;
    this.sink = sink;
    source.on('data', (chunk: Buffer) => this.take(chunk));
  }

  swallow(): void {
    this.isSwallowed = true;
    this.queue = [];
  }

  insert(bytes: Buffer, goesOn: boolean): void {
    this.trap = (chunk) => {
      this.trap = undefined;
      this.forward(bytes);
      if (!goesOn) this.swallow();
      else this.forward(chunk);
      return true;
    };
  }

  cut(part: number, end: () => void): void {
    this.trap = (chunk) => {
      this.trap = () => true;
      this.sink.write(chunk.subarray(0, Math.floor(part * chunk.length)), () => end());
      return true;
    };
  }

  slow(bytes: number): void {
    this.bytesAtOnce = bytes;
  }

  hurry(): void {
    this.bytesAtOnce = undefined;
  }

  /** The source says no more. */
  end(then: () => void = () => this.sink.end()): void {
    if (this.isSwallowed) return;
    if (this.queue.length === 0) then();
    else this.whenEmpty = then;
  }

  private take(chunk: Buffer): void {
    if (this.isSwallowed || this.trap?.(chunk)) return;
    this.forward(chunk);
  }

  private forward(chunk: Buffer): void {
    if (this.bytesAtOnce === undefined && this.queue.length === 0) {
      if (this.sink.destroyed || this.sink.write(chunk)) return;
      this.source.pause();
      this.sink.once('drain', () => this.source.resume());
      return;
    }
    this.queue.push(chunk);
    this.source.pause();
    this.timer ??= setTimeout(() => this.trickle(), 1);
  }

  private trickle(): void {
    this.timer = undefined;
    const [first] = this.queue;
    if (first && !this.sink.destroyed) {
      const bytes = this.bytesAtOnce ?? first.length;
      this.sink.write(first.subarray(0, bytes));
      if (bytes < first.length) this.queue[0] = first.subarray(bytes);
      else this.queue.shift();
      this.timer = setTimeout(() => this.trickle(), this.bytesAtOnce === undefined ? 0 : 1);
      return;
    }
    this.queue = [];
    this.source.resume();
    this.whenEmpty?.();
  }
}

/** As a frame of its own: a WebSocket's (masked on the way up), or a RawSocket's. */
function frame(protocol: ProxyOptions['protocol'], direction: Direction, bytes: readonly number[]): Buffer {
  if (protocol === 'rawsocket') return Buffer.from([0, 0, 0, bytes.length, ...bytes]);
  // A mask of zeros changes nothing.
  const length = direction === 'up' ? [0x80 | bytes.length, 0, 0, 0, 0] : [bytes.length];
  return Buffer.from([0x82, ...length, ...bytes]);
}
