/*
 * What one attack has at hand: chance, lines to the router, and a judge for whatever the router answers. When the attack is over, all of its
 * lines are cut.
 */
import { connect, type Socket } from 'node:net';
import type { Random } from '../fuzz/random.ts';
import { Judge } from './answers.ts';
import { type Format, formats } from './formats.ts';
import { GONE_MS, type Invariant } from './invariants.ts';
import { Peer, type PeerOptions } from './peer.ts';

export interface Attack {
  readonly kind: string;
  readonly name: string;
  run(arena: Arena): Promise<void>;
}

export interface ArenaOptions {
  readonly port: number;
  readonly random: Random;
  /** What honest sessions say to each other, and no attacker ever sees. */
  readonly secret: string;
  readonly violate: (invariant: Invariant, what: string) => void;
}

/** A bare TCP connection, and all that has come by it. */
export class Wire {
  readonly socket: Socket;
  got: Buffer = Buffer.alloc(0);
  isClosed = false;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => {
      this.got = Buffer.concat([this.got, chunk]).subarray(-100_000);
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
  }

  write(bytes: Uint8Array | string): void {
    if (!this.isClosed) this.socket.write(bytes);
  }

  /** Until the router says something or closes. */
  async answered(ms = 3000): Promise<string> {
    const deadline = performance.now() + ms;
    while (this.got.length === 0 && !this.isClosed && performance.now() < deadline) await sleep(10);
    await sleep(20); // the rest of it
    return this.got.toString('latin1');
  }

  async closed(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (!this.isClosed && performance.now() < deadline) await sleep(20);
    return this.isClosed;
  }
}

/** Attacks of one kind, by what they do. */
export function attacksOf(kind: string, runs: { readonly [name: string]: (arena: Arena) => Promise<void> }): readonly Attack[] {
  return Object.entries(runs).map(([name, run]) => ({ kind, name, run }));
}

export class Arena {
  readonly port: number;
  readonly random: Random;
  private readonly options: ArenaOptions;
  private readonly sockets = new Set<Socket>();
  private readonly judges = new WeakMap<Peer, Judge>();
  /** What was sent last, for whoever reads of a violation. */
  private readonly trail: string[] = [];
  private isOver = false;

  constructor(options: ArenaOptions) {
    this.options = options;
    this.port = options.port;
    this.random = options.random;
  }

  violate(invariant: Invariant, what: string): void {
    const trail = this.trail.length > 0 ? `\n    after ${this.trail.join('\n          ')}` : '';
    this.options.violate(invariant, what + trail);
  }

  /** A line on which nobody has said HELLO. @throws when the router refuses it. */
  async peer(options: Partial<PeerOptions> = {}): Promise<Peer> {
    const peer = await Peer.open({ port: this.port, ...this.anyWay(), ...options });
    this.guard(peer.socket);
    const judge = new Judge();
    this.judges.set(peer, judge);
    peer.onSent = (list) => judge.sent(list);
    peer.onMessage = (list) => {
      const complaint = judge.complaint(list);
      if (complaint !== undefined) this.violate('wrong answers to attackers', `${complaint}: ${show(list)}`);
      else if (show(list).includes('internal error')) this.violate('internal errors', show(list));
      return true;
    };
    peer.onMalformed = (what) => this.violate('wrong answers to attackers', what);
    return peer;
  }

  /** A session of a stranger. */
  async session(options: Partial<PeerOptions> = {}, details: { readonly [key: string]: unknown } = {}): Promise<Peer> {
    const peer = await this.peer(options);
    if (!(await peer.join('arena', details))) throw new Error(`the router let nobody in: ${peer.ended}`);
    return peer;
  }

  /** As many as the router lets in. */
  async sessions(count: number, options: Partial<PeerOptions> = {}): Promise<Peer[]> {
    const tried = await Promise.allSettled(Array.from({ length: count }, () => this.session(options)));
    return tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  /** Bytes were written that the judge cannot read. */
  wild(peer: Peer, bytes?: Uint8Array): void {
    const judge = this.judges.get(peer);
    if (judge) judge.isWild = true;
    if (bytes) this.note(`${peer.transport} ${peer.format} ${Buffer.from(bytes).toString('latin1').slice(0, 300)}`);
  }

  wire(): Wire {
    const wire = new Wire(this.port);
    this.guard(wire.socket);
    return wire;
  }

  /** Whoever goes wrong, or does not go on, is cut off. */
  async expectGone(lines: readonly (Peer | Wire)[], why: string): Promise<void> {
    const deadline = performance.now() + GONE_MS;
    const isGone = (line: Peer | Wire): boolean => (line instanceof Wire ? line.isClosed : line.ended !== undefined);
    while (!lines.every(isGone) && performance.now() < deadline) await sleep(50);
    const left = lines.filter((line) => !isGone(line)).length;
    if (left > 0) this.violate('strangers kept too long', `${left} of ${lines.length} after ${GONE_MS} ms: ${why}`);
  }

  note(what: string): void {
    this.trail.push(JSON.stringify(what).slice(0, 400));
    if (this.trail.length > 6) this.trail.shift();
  }

  anyWay(): { transport: 'websocket' | 'rawsocket'; format: Format } {
    return { transport: this.random.pick(['websocket', 'rawsocket'] as const), format: this.random.pick(formats) };
  }

  close(): void {
    this.isOver = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private guard(socket: Socket): void {
    if (this.isOver) socket.destroy();
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      if (chunk.includes(this.options.secret)) this.violate('wrong answers to attackers', 'it heard what honest sessions said');
    });
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part) => (part instanceof Map ? Object.fromEntries(part) : part)).slice(0, 600);
}
