/// <reference lib="esnext.disposable" />
import { Clock } from './index.js';
import { Id, Off } from './index.js';
import { Dial, Transport, Connector, Frame } from './index.js';
import { Router, RouterConfig, RouterHooks, Principal, TransportInfo, SeenMessage } from './router.js';
import './types/serializer.js';
import './types/scram-entry.js';
import './types/scram-keys.js';
import './types/uri.js';

/**
 * Time that passes when told: for `environment.clock` of a connection and the `clock` of a router.
 *
 * @example
 * const clock = new ManualClock();
 * const connection = new Connection({ url: router, realm: 'realm1', environment: { clock } });
 * await clock.advance(30_000);
 */
declare class ManualClock implements Clock {
    /** What has passed; timers go by it. */
    private time;
    /** How much the clock on the wall was set forth. */
    private shiftMs;
    private timers;
    private nextId;
    /** @param startMs - What `now()` says at first, in milliseconds since 1970. Default 1 000 000. */
    constructor(startMs?: number);
    now(): number;
    elapsed(): number;
    /**
     * Sets the clock on the wall, as people and time servers do: `now()` says another time, and nothing passes.
     *
     * @param ms - How much forth; back if it is negative.
     */
    shift(ms: number): void;
    setTimeout(callback: () => void, ms: number): unknown;
    clearTimeout(timer: unknown): void;
    /** How many timers are set. */
    get pending(): number;
    /**
     * Lets this much time pass: what is due runs, in order, with promises settled before, in between and after, and so does what becomes due
     * by that. What it waits for otherwise (a socket, a file, the platform's crypto) takes its own time.
     */
    advance(ms: number): Promise<void>;
    private firstUntil;
}

/** Which lines a fault meets. Default: all, also those to come. */
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
    /** As a list, as WAMP has it, secrets left out. */
    readonly message: readonly unknown[];
}
/**
 * The router itself, with faults on demand and a log: the one that tests should talk to, in this process or behind `listen`.
 *
 * A line is one connection of one client. Faults of more than a moment give a function that ends them; `close()` ends all.
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
    /** Of each of those, whose it was. */
    private readonly whose;
    private faults;
    /** While there is one, nobody gets in. */
    private readonly outages;
    private readonly ghostLines;
    /** Counts what moves on the lines. */
    private moves;
    private whenMoved;
    /**
     * @param config - Default: one realm, `realm1`, in which everyone may do everything.
     * @param hooks - `clock`: most often a {@link ManualClock}. `log`: default nowhere, since faults are meant here.
     */
    constructor(config?: RouterConfig, hooks?: RouterHooks);
    /** Every message in order, secrets left out. It grows until the router is given up. */
    get log(): readonly LoggedMessage[];
    /**
     * How often a message of this type was sent or received, by sessions that are over, too.
     *
     * @param type - `CALL`, `RESULT`, …
     * @throws TypeError for a type that WAMP does not have.
     */
    count(type: string, where?: Where): number;
    /**
     * Resolves when nothing is on its way on any line and nobody says anything more by himself. What runs in an endpoint may go on. What
     * `delay` holds is waited for, what `blackhole` holds is not. Of lines through sockets it sees only this end.
     */
    settled(): Promise<void>;
    /** Drops the lines, as a network does: no GOODBYE, and both ends notice. */
    cut(where?: Where): void;
    /**
     * Drops the line in the middle of the next frame of this type, in either direction: the frame does not arrive. Once.
     *
     * @param type - `CALL`, `RESULT`, …
     * @throws TypeError for a type that WAMP does not have.
     */
    cutDuring(type: string, where?: Where): void;
    /**
     * Nothing arrives any more, in either direction, and nobody is told.
     *
     * @returns Ends it: what was held back arrives now, in order.
     */
    blackhole(where?: Where): Off;
    /**
     * Everything takes this much longer, in either direction; the order is kept.
     *
     * @param ms - Milliseconds, by the router's clock.
     * @returns Ends it, for what is sent from then on.
     */
    delay(ms: number, where?: Where): Off;
    /**
     * The router is down: all lines are cut, its sessions are gone, and who connects gets a `TransportError`.
     *
     * @returns Ends it: the router takes lines again.
     */
    down(): Off;
    /**
     * As `down`, but the router does not notice: the sessions stay, with what they registered and subscribed, and who comes back meets his
     * own ghost.
     *
     * @returns Ends it: the router takes lines again. It notices 5 s later, by its clock, that the old ones are dead.
     */
    ghosts(): Off;
    /** Sends bytes that are no message to whoever is on these lines. */
    garbage(where?: Where): void;
    connect(dial: Dial): Transport;
    as(principal: Principal): Connector;
    attach(transport: Transport, info: TransportInfo): void;
    /** As of every router; and all faults end, so that it comes to its end. */
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
