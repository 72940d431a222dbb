/// <reference lib="esnext.disposable" />
import { Uri, Match, Id, Clock, Connector, Dial, Transport, Off } from './index.js';
import './types/serializer.js';

interface RouterConfig {
    /** By name. `open`: anyone may do anything; for development. Else nothing is allowed that is not written down. */
    readonly realms: {
        readonly [realm: string]: 'open' | RealmConfig;
    };
    readonly limits?: RouterLimits | undefined;
}
interface RealmConfig {
    /** The authrole of who comes without credentials. Absent: nobody may. */
    readonly anonymous?: string | undefined;
    readonly authroles: {
        readonly [authrole: string]: AuthroleConfig;
    };
    /** Topics whose events are kept (WAMP "Event History"). */
    readonly history?: readonly HistoryRule[] | undefined;
}
interface AuthroleConfig {
    /**
     * The most specific rule that matches decides, by WAMP's best-match order (exact, longest prefix, wildcard); none: denied.
     * A pattern that someone subscribes to or registers must lie wholly within one rule, with no narrower rule inside it.
     */
    readonly permissions: readonly PermissionRule[] | 'all';
    /** Told with every call and event of such a session (WAMP "Call Trust Levels", "Publication Trust Levels"). 0 is the lowest. */
    readonly trustlevel?: number | undefined;
}
type Action = 'call' | 'register' | 'publish' | 'subscribe';
interface PermissionRule {
    readonly uri: Uri;
    readonly match?: Match | undefined;
    readonly allow: readonly Action[] | 'all';
    /** Whether the other side learns who it is. `true`: always. `false`: never, and asking for it is refused. Default: as asked. */
    readonly disclose?: boolean | undefined;
}
interface HistoryRule {
    readonly uri: Uri;
    readonly match?: Match | undefined;
    /** How many events are kept, the newest. */
    readonly limit: number;
}
interface RouterLimits {
    /** Of one message, in bytes. Default 1 MiB. Listeners refuse more. */
    readonly maxMessageBytes?: number | undefined;
    /** From connecting to HELLO, in milliseconds. Default 10 000. */
    readonly joinTimeoutMs?: number | undefined;
}
interface RouterHooks {
    /** What happens, one entry at a time. Default: nowhere. */
    readonly log?: ((entry: LogEntry) => void) | undefined;
    /** For tests. */
    readonly clock?: Clock | undefined;
}
interface LogEntry {
    readonly level: 'debug' | 'info' | 'warn' | 'error';
    readonly message: string;
    readonly session?: Id | undefined;
    readonly error?: unknown;
}
/** One realm, with nothing left open. */
interface RealmSettings {
    readonly name: string;
    readonly anonymous: string | undefined;
    /** Undefined: whatever authrole somebody has, it may do everything. */
    readonly authroles: ReadonlyMap<string, AuthroleConfig> | undefined;
    readonly history: readonly (HistoryRule & {
        readonly match: Match;
    })[];
}
/** The configuration with nothing left open. */
interface Settings {
    readonly realms: readonly RealmSettings[];
    readonly limits: {
        readonly [limit in keyof RouterLimits]-?: number;
    };
    readonly log: (entry: LogEntry) => void;
    readonly clock: Clock;
}

/** Where a line comes from. */
interface TransportInfo {
    readonly kind: 'memory' | 'websocket' | (string & {});
    /** The far end's address. */
    readonly peer?: string | undefined;
    readonly isSecure?: boolean | undefined;
}
/** Who a session is. */
interface RouterSession {
    readonly id: Id;
    readonly realm: string;
    readonly authid: string;
    readonly authrole: string;
    readonly authmethod: string;
    readonly transport: TransportInfo;
}

/** Who somebody is, without asking. */
interface Principal {
    readonly authid?: string | undefined;
    readonly authrole: string;
}

interface RouterEvents {
    /** After WELCOME. */
    join(session: RouterSession): void;
    /** `reason`: of the GOODBYE or ABORT, or `wamp.error.network_failure`. */
    leave(session: RouterSession, reason: Uri): void;
}
/**
 * Routes calls and events between the sessions of a realm. A `Connector` itself, so that a connection in this process needs no port.
 *
 * @example
 * const router = new Router({ realms: { realm1: 'open' } });
 * const connection = new Connection({ url: router, realm: 'realm1' });
 */
declare class Router implements Connector, AsyncDisposable {
    readonly [Symbol.asyncDispose]: () => Promise<void>;
    /** What stands in place of a URL. */
    readonly name = "router";
    /** The configured limits, defaults filled in. */
    readonly limits: Settings['limits'];
    private readonly realms;
    private readonly events;
    private readonly house;
    private readonly doors;
    private closing;
    private whenEmpty;
    /** @throws TypeError for a wrong configuration; it names the path, what was expected and what came. */
    constructor(config: RouterConfig, hooks?: RouterHooks);
    /** The front door without a network: the same rules as for everyone. */
    connect(dial: Dial): Transport;
    /** The back door, for components in this process: no login, this principal. */
    as(principal: Principal): Connector;
    /** For hosts: a line from outside. */
    attach(transport: Transport, info: TransportInfo): void;
    /** All sessions of all realms. */
    get sessions(): readonly RouterSession[];
    /** GOODBYE to one session. Does nothing when there is none with this id. */
    kill(session: Id, reason?: Uri, message?: string): void;
    on<E extends keyof RouterEvents>(event: E, listener: RouterEvents[E]): Off;
    /**
     * GOODBYE `wamp.close.system_shutdown` to all, then no more.
     *
     * @returns A promise that resolves when every line is closed; clients that do not answer are not waited for longer than 2 s.
     */
    close(): Promise<void>;
    private letIn;
    private openDoor;
}

export { Router };
export type { Action, AuthroleConfig, HistoryRule, LogEntry, PermissionRule, Principal, RealmConfig, RouterConfig, RouterEvents, RouterHooks, RouterLimits, RouterSession, TransportInfo };
