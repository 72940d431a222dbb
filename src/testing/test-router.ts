/*
 * The router with faults on demand, and a log of every message. faulty-line.ts does what a fault does to a connection.
 */
import { type Clock, type Connector, type Dial, type Frame, type Id, type Off, type Transport, TransportError } from '../index.ts';
import {
  type Principal,
  Router,
  type RouterConfig,
  type RouterHooks,
  type SeenMessage,
  type TransportInfo,
} from '../router/index.ts';
import { FaultyLine, type LineHooks } from './faulty-line.ts';
import { expectMs } from './manual-clock.ts';
import { turn } from './turn.ts';
import { checkType, checkWhere, meets, type Where, type Who } from './where.ts';

/** How long after the end of `ghosts()` the router notices that those connections are dead. */
const GHOST_MS = 5000;

/** A message, as the router sent or received it. */
export interface LoggedMessage {
  /** Milliseconds since 1970, by the router's clock. */
  readonly at: number;
  /** Undefined before WELCOME. */
  readonly session: Id | undefined;
  /** Seen from the router. */
  readonly direction: 'in' | 'out';
  /** `CALL`, `EVENT`, … */
  readonly type: string;
  /** The message as WAMP's list, without secrets. */
  readonly message: readonly unknown[];
}

type Fault =
  | { readonly kind: 'blackhole'; readonly where: Where }
  | { readonly kind: 'delay'; readonly where: Where; readonly ms: number }
  | { readonly kind: 'cut'; readonly where: Where; readonly type: string };

const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer: ReturnType<typeof setTimeout> | undefined) => clearTimeout(timer),
};

/**
 * The router itself, with faults on demand and a log, for tests: in this process or behind `listen`.
 *
 * A fault that lasts returns a function that ends it; `close()` ends all faults.
 *
 * @example
 * const router = new TestRouter();
 * const connection = new Connection({ url: router, realm: 'realm1' });
 * await connection.open();
 * router.cut();
 */
export class TestRouter extends Router {
  private readonly clock: Clock;
  private readonly lines = new Set<FaultyLine>();
  private readonly messages: LoggedMessage[] = [];
  /** For each of those, its session. */
  private readonly whose: Who[] = [];
  private faults: readonly Fault[] = [];
  /** While there is one, nobody can connect. */
  private readonly outages = new Set<object>();
  private readonly ghostLines = new Set<FaultyLine>();
  /** Counts frames that move. */
  private moves = 0;
  private whenMoved: readonly (() => void)[] = [];

  /**
   * @param config - Default: one realm, `realm1`, in which everyone may do everything.
   * @param hooks - `clock`: most often a {@link ManualClock}. `log`: by default nothing is logged, because faults are intended here.
   */
  constructor(config: RouterConfig = { realms: { realm1: 'open' } }, hooks: RouterHooks = {}) {
    super(config, { log: () => {}, ...hooks });
    this.clock = hooks.clock ?? systemClock;
  }

  /** Every message in order, without secrets. It grows as long as the router exists. */
  get log(): readonly LoggedMessage[] {
    return this.messages;
  }

  /**
   * How often a message of this type was sent or received, including sessions that have ended.
   *
   * @param type - `CALL`, `RESULT`, …
   * @throws TypeError for a type that WAMP does not have.
   */
  count(type: string, where: Where = {}): number {
    checkType(type);
    checkWhere(where);
    return this.messages.filter((message, i) => {
      const who = this.whose[i];
      return message.type === type && who !== undefined && meets(where, who);
    }).length;
  }

  /**
   * Resolves when no message is on its way and no more come by themselves. Endpoints may still be running. It waits for messages that
   * `delay` holds, but not for those that `blackhole` holds. Of connections through sockets it sees only the router's end.
   */
  async settled(): Promise<void> {
    for (;;) {
      const before = this.moves;
      await turn();
      if (this.moves !== before) continue;
      if (![...this.lines].some((line) => line.isBusy)) return;
      await new Promise<void>((resolve) => {
        this.whenMoved = [...this.whenMoved, resolve];
      });
    }
  }

  /** Cuts connections, as a network does: no GOODBYE, and both ends notice. */
  cut(where: Where = {}): void {
    for (const line of this.having(where)) line.cut();
  }

  /**
   * Cuts the connection in the middle of the next frame of this type, in either direction: the frame does not arrive. This happens once.
   *
   * @param type - `CALL`, `RESULT`, …
   * @throws TypeError for a type that WAMP does not have.
   */
  cutDuring(type: string, where: Where = {}): void {
    checkType(type);
    checkWhere(where);
    this.faults = [...this.faults, { kind: 'cut', type, where }];
  }

  /**
   * Nothing arrives any more, in either direction, and neither end notices.
   *
   * @returns A function that ends it: everything that was held back then arrives, in order.
   */
  blackhole(where: Where = {}): Off {
    return this.impose({ kind: 'blackhole', where });
  }

  /**
   * Everything takes this much longer, in either direction; the order is kept.
   *
   * @param ms - Milliseconds, by the router's clock.
   * @returns A function that ends it, for messages that are sent after that.
   */
  delay(ms: number, where: Where = {}): Off {
    expectMs(ms);
    return this.impose({ kind: 'delay', ms, where });
  }

  /**
   * The router is down: all connections are cut, its sessions are gone, and new connections fail with a `TransportError`.
   *
   * @returns A function that ends it: the router accepts connections again.
   */
  down(): Off {
    this.cut();
    return this.outage(() => {});
  }

  /**
   * As `down`, but the router does not notice: the sessions stay, with their registrations and subscriptions, and a client that comes back finds
   * its own old session there.
   *
   * @returns A function that ends it: the router accepts connections again. It notices 5 s later, by its clock, that the old ones are dead.
   */
  ghosts(): Off {
    const lines = this.having({});
    for (const line of lines) {
      line.kill();
      this.ghostLines.add(line);
    }
    return this.outage(() => {
      this.clock.setTimeout(() => this.layGhosts(lines), GHOST_MS);
    });
  }

  /** Sends bytes that are not a message to these clients. */
  garbage(where: Where = {}): void {
    for (const line of this.having(where)) line.sendGarbage();
  }

  override connect(dial: Dial): Transport {
    this.mustBeUp();
    return super.connect(dial);
  }

  override as(principal: Principal): Connector {
    const { name, connect } = super.as(principal);
    return {
      name,
      connect: (dial) => {
        this.mustBeUp();
        return connect(dial);
      },
    };
  }

  override attach(transport: Transport, info: TransportInfo): void {
    if (this.outages.size === 0) super.attach(transport, info);
    else transport.close();
  }

  /** As in every router. Also ends all faults, so that closing completes. */
  override close(): Promise<void> {
    this.faults = [];
    this.layGhosts(this.ghostLines);
    for (const line of this.lines) line.hurry();
    return super.close();
  }

  protected override around(transport: Transport, read: (frame: Frame) => SeenMessage | undefined): Transport {
    const hooks: LineHooks = {
      clock: this.clock,
      read,
      isBlocked: ({ who }) => this.faults.some(({ kind, where }) => kind === 'blackhole' && meets(where, who)),
      delayMs: ({ who }) =>
        this.faults.reduce((sum, fault) => sum + (fault.kind === 'delay' && meets(fault.where, who) ? fault.ms : 0), 0),
      isCutBy: (line, type) => this.isCutBy(line, type),
      saw: ({ who }, direction, seen) => {
        this.messages.push({ at: this.clock.now(), session: who.session, direction, ...seen });
        this.whose.push(who);
      },
      moved: () => this.moved(),
      closed: (line) => this.lines.delete(line),
    };
    const line = new FaultyLine(transport, hooks);
    this.lines.add(line);
    return line;
  }

  private having(where: Where): readonly FaultyLine[] {
    checkWhere(where);
    return [...this.lines].filter(({ who }) => meets(where, who));
  }

  private isCutBy({ who }: FaultyLine, type: string): boolean {
    const fault = this.faults.find((each) => each.kind === 'cut' && each.type === type && meets(each.where, who));
    this.faults = this.faults.filter((each) => each !== fault);
    return fault !== undefined;
  }

  private impose(fault: Fault): Off {
    checkWhere(fault.where);
    this.faults = [...this.faults, fault];
    return () => {
      this.faults = this.faults.filter((each) => each !== fault);
      for (const line of this.lines) line.flow();
    };
  }

  private outage(whenOver: () => void): Off {
    const outage = {};
    this.outages.add(outage);
    return () => {
      if (this.outages.delete(outage)) whenOver();
    };
  }

  private mustBeUp(): void {
    if (this.outages.size > 0) throw new TransportError('the router is down');
  }

  private layGhosts(lines: Iterable<FaultyLine>): void {
    for (const line of lines) if (this.ghostLines.delete(line)) line.endSoon('the connection was dead');
  }

  private moved(): void {
    this.moves++;
    const wake = this.whenMoved;
    this.whenMoved = [];
    for (const resolve of wake) resolve();
  }
}
