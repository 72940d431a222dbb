/// <reference lib="esnext.disposable" />
import { Clock } from './index.js';
import { Id, Off } from './index.js';
import { Dial, Transport, Connector, Frame } from './index.js';
import { Router, RouterConfig, RouterHooks, Principal, TransportInfo, SeenMessage } from './router.js';
import './types/serializer.js';
import './types/uri.js';
import './types/engine.js';
import './types/scram-entry.js';
import './types/scram-keys.js';

/**
 * A clock that the test controls: for `environment.clock` of a connection and the `clock` of a router.
 *
 * @example
 * const clock = new ManualClock();
 * const connection = new Connection({ url: router, realm: 'realm1', environment: { clock } });
 * await clock.advance(30_000);
 */
declare class ManualClock implements Clock {
    /** The elapsed time; timers use it. */
    private time;
    /** How far the wall clock was set forward. */
    private shiftMs;
    private timers;
    private nextId;
    /** @param startMs - What `now()` says at first, in milliseconds since 1970. Default 1 000 000. */
    constructor(startMs?: number);
    now(): number;
    elapsed(): number;
    /**
     * Sets the wall clock, as people and time servers do: `now()` returns another time, but no time passes.
     *
     * @param ms - How far forward; back if it is negative.
     */
    shift(ms: number): void;
    setTimeout(callback: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
    /** How many timers are set. */
    get pending(): number;
    /**
     * Lets this much time pass: timers that are due run, in order, with promises settled before, in between and after, and so do timers that become due
     * meanwhile. Other work (a socket, a file, the platform's crypto) takes its own time.
     */
    advance(ms: number): Promise<void>;
    private firstUntil;
}

/** Which connections a fault meets. Default: all, also later ones. */
interface Where {
    readonly session?: Id | undefined;
    readonly authid?: string | undefined;
    readonly authrole?: string | undefined;
}

/** A message, as the router sent or received it. */
interface LoggedMessage {
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
declare class TestRouter extends Router {
    private readonly clock;
    private readonly lines;
    private readonly messages;
    /** For each of those, its session. */
    private readonly whose;
    private faults;
    /** While there is one, nobody can connect. */
    private readonly outages;
    private readonly ghostLines;
    /** Counts frames that move. */
    private moves;
    private whenMoved;
    /**
     * @param config - Default: one realm, `realm1`, in which everyone may do everything.
     * @param hooks - `clock`: most often a {@link ManualClock}. `log`: by default nothing is logged, because faults are intended here.
     */
    constructor(config?: RouterConfig, hooks?: RouterHooks);
    /** Every message in order, without secrets. It grows as long as the router exists. */
    get log(): readonly LoggedMessage[];
    /**
     * How often a message of this type was sent or received, including sessions that have ended.
     *
     * @param type - `CALL`, `RESULT`, …
     * @throws TypeError for a type that WAMP does not have.
     */
    count(type: string, where?: Where): number;
    /**
     * Resolves when no message is on its way and no more come by themselves. Endpoints may still be running. It waits for messages that
     * `delay` holds, but not for those that `blackhole` holds. Of connections through sockets it sees only the router's end.
     */
    settled(): Promise<void>;
    /** Cuts connections, as a network does: no GOODBYE, and both ends notice. */
    cut(where?: Where): void;
    /**
     * Cuts the connection in the middle of the next frame of this type, in either direction: the frame does not arrive. This happens once.
     *
     * @param type - `CALL`, `RESULT`, …
     * @throws TypeError for a type that WAMP does not have.
     */
    cutDuring(type: string, where?: Where): void;
    /**
     * Nothing arrives any more, in either direction, and neither end notices.
     *
     * @returns A function that ends it: everything that was held back then arrives, in order.
     */
    blackhole(where?: Where): Off;
    /**
     * Everything takes this much longer, in either direction; the order is kept.
     *
     * @param ms - Milliseconds, by the router's clock.
     * @returns A function that ends it, for messages that are sent after that.
     */
    delay(ms: number, where?: Where): Off;
    /**
     * The router is down: all connections are cut, its sessions are gone, and new connections fail with a `TransportError`.
     *
     * @returns A function that ends it: the router accepts connections again.
     */
    down(): Off;
    /**
     * As `down`, but the router does not notice: the sessions stay, with their registrations and subscriptions, and a client that comes back finds
     * its own old session there.
     *
     * @returns A function that ends it: the router accepts connections again. It notices 5 s later, by its clock, that the old ones are dead.
     */
    ghosts(): Off;
    /** Sends bytes that are not a message to these clients. */
    garbage(where?: Where): void;
    connect(dial: Dial): Transport;
    as(principal: Principal): Connector;
    attach(transport: Transport, info: TransportInfo): void;
    /** As in every router. Also ends all faults, so that closing completes. */
    close(): Promise<void>;
    protected around(transport: Transport, read: (frame: Frame) => SeenMessage | undefined): Transport;
    private having;
    private isCutBy;
    private impose;
    private outage;
    private mustBeUp;
    private layGhosts;
    private moved;
}

export { ManualClock, TestRouter };
export type { LoggedMessage, Where };
