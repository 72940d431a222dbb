/*
 * The router: its realms, and what a program asks of it. connections.ts has its connections. Runs anywhere; `listen` of `autostrada/node` adds ports.
 */
import { makeDisposable } from '../base/dispose.ts';
import { Emitter } from '../base/emitter.ts';
import { any, checkOptions, complain, dict, ms, string } from '../base/options.ts';
import { showAs } from '../base/shown.ts';
import type { Id, Off, Uri } from '../base/words.ts';
import { RandomIds } from '../protocol/ids.ts';
import { validUri } from '../protocol/uri.ts';
import { SYSTEM_SHUTDOWN } from '../protocol/uris.ts';
import { formatOf, formats } from '../serializer/formats/formats.ts';
import type { Connector, Dial, Frame, Transport } from '../transport/transport.ts';
import { census, totals } from './census.ts';
import { type RouterConfig, type RouterHooks, settle } from './config/config.ts';
import { doubts } from './config/doubts.ts';
import { Connections } from './connections.ts';
import type { WatchFilter, WatchNews } from './inspect/conversation.ts';
import type { ExplainQuestion, Explanation } from './inspect/explanation.ts';
import type { CallsQuery, RunningCalls } from './inspect/listing/calls.ts';
import type { RetainedQuery, RetainedValue } from './inspect/listing/retained.ts';
import type { RouterUris, UriQuery } from './inspect/listing/uris.ts';
import { noCounts, type RouterStats, type SessionGroup } from './inspect/router-stats.ts';
import type { TopNews, TopQuery } from './inspect/top.ts';
import { type Glance, Inspection } from './inspection.ts';
import { CallWatch, type EndedCall } from './limits/call-watch.ts';
import { AllHoldings } from './limits/holdings.ts';
import type { SettledLimits } from './limits/limits.ts';
import type { Tally } from './limits/out-queue.ts';
import { Queues } from './limits/queues.ts';
import { Throttle } from './limits/throttle.ts';
import { type TrafficGroup, TrafficSums } from './limits/traffic.ts';
import { RememberedLogins } from './login/remembered.ts';
import { type RouterEvents, reporting } from './login/router-events.ts';
import { routerSecret } from './login/router-secret.ts';
import { look, type SeenMessage } from './look.ts';
import { Realms } from './realms.ts';
import type { Reloaded } from './reload.ts';
import type { RouterContext } from './router-context.ts';
import type { RouterSession } from './session/router-session.ts';
import type { TransportInfo } from './session/transport-info.ts';
import type { Principal } from './session/user.ts';
import type { Counts } from './together/counts.ts';
import type { LogEntry } from './turns/log.ts';
import { memoryDoor } from './turns/memory-door.ts';

/**
 * Routes calls and events between the sessions of a realm. A `Connector` itself, so that a connection in this process needs no port.
 *
 * @example
 * const router = new Router({ realms: { realm1: 'open' } });
 * const connection = new Connection({ url: router, realm: 'realm1' });
 */
export class Router implements Connector, AsyncDisposable {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  /** The name, where other connectors have a URL. */
  readonly name = 'router';
  /** The configured limits, with defaults filled in. */
  readonly limits: SettledLimits;
  /** For hosts: those who remember logins. */
  readonly remembered: RememberedLogins = new RememberedLogins();
  private readonly realms: Realms;
  private readonly events: Emitter<RouterEvents>;
  private readonly context: RouterContext;
  private readonly connections: Connections;
  private readonly tally: Tally = noCounts();
  private readonly watch: CallWatch;
  private readonly inspection: Inspection;
  /** In a cluster: resolves when this node knows what the others have; clients are served from then on, and `listen` waits for it. Rejects if it cannot join. */
  readonly ready: Promise<void>;

  /** @throws TypeError for a wrong configuration; it names the path, what was expected and what came. */
  constructor(config: RouterConfig, hooks: RouterHooks = {}) {
    const settings = settle(config, hooks);
    const ids = new RandomIds();
    makeDisposable(this, () => this.close());
    showAs(this);
    this.limits = settings.limits;
    const threw = (error: unknown): void => settings.log({ level: 'error', message: 'a listener of the router threw', error });
    this.events = new Emitter(['join', 'leave'], threw);
    this.watch = new CallWatch(() => settings.turns.recently, threw);
    const glance = (): Glance => ({ stats: this.stats(), sessions: this.connections.snapshots() });
    this.inspection = new Inspection({ ...settings, threw, glance, realms: () => this.realms, now: this.watch.now });
    const all = formats();
    const counts = settings.engine?.counts;
    const parts = { ids, settings, tally: this.tally, watch: this.watch, formats: all, remembered: this.remembered };
    this.realms = new Realms(
      parts,
      () => this.connections.hangUpAll(),
      (...asked) => this.inspection.look(...asked),
    );
    for (const message of doubts(settings)) settings.log({ level: 'warn', message });
    this.context = {
      settings,
      ids,
      tally: this.tally,
      queues: new Queues(settings.limits, settings.clock, counts),
      holdings: new AllHoldings(settings.limits, counts, settings.clock),
      counts,
      formatOf: formatOf(all),
      throttle: counts?.throttle ?? new Throttle(settings.clock),
      traffic: new TrafficSums(),
      routerSecret: routerSecret(),
      realm: (name) => this.realms.byName.get(name),
      ...reporting(settings.log, this.events, this.inspection.watches),
    };
    this.connections = new Connections(this.context);
    this.ready = this.realms.ready;
  }

  /** What a log shows of it: `JSON.stringify`, and `console.log` of Node.js. It has no secret. */
  toJSON(): object {
    return { name: this.name, isClosed: this.isClosed, realms: this.realmNames, limits: this.limits };
  }

  /** Connects without a network; the same rules apply as for all others. */
  connect(dial: Dial): Transport {
    return this.letIn(dial, undefined);
  }

  /**
   * For components in this process: no login, this principal.
   *
   * @throws TypeError for an invalid principal.
   */
  as(principal: Principal): Connector {
    checkOptions('as', principal, { authid: string, authrole: string, authextra: dict });
    complain('authrole of as', string, principal.authrole);
    return { name: this.name, connect: (dial) => this.letIn(dial, principal) };
  }

  /**
   * Takes over another configuration while it runs: realms, users, authroles, permissions, and how clients log in. Nothing changes if anything in it is wrong.
   * Sessions stay if their user would get the same authrole now; others get GOODBYE with `wamp.error.no_such_principal`, `no_such_role` or `no_such_realm`. They
   * lose subscriptions and registrations that are not allowed any more (WAMP "Subscription Revocation", "Registration Revocation"). A new secret counts from
   * the next login on.
   *
   * @returns How many sessions were ended, and what counts only after a restart.
   * @throws TypeError for a wrong configuration; it names the path, what was expected and what came.
   */
  reload(config: RouterConfig): Reloaded {
    return this.realms.reload(settle(config, {}));
  }

  /** `close()` was called: new connections are refused. */
  get isClosed(): boolean {
    return this.connections.isClosed;
  }

  /** Whether it serves clients: in a cluster, it has joined, and is not cut off. */
  get isReady(): boolean {
    return this.hasJoined && this.realms.isSure && !this.isClosed;
  }

  /** For hosts: the names of its realms. */
  get realmNames(): readonly string[] {
    return [...this.realms.byName.keys()];
  }

  /**
   * For hosts: how clients may log in to a realm, by the names of the authmethods: `anonymous` if it needs no login, `http` if a hook recognizes clients by their HTTP
   * request. Empty if there is no such realm.
   */
  authmethods(realm: string): readonly string[] {
    return this.realms.authmethods(realm);
  }

  /** For hosts: takes a connection from outside. */
  attach(transport: Transport, info: TransportInfo): void {
    if (!this.hasJoined) return transport.close();
    try {
      const { recognize, findUser, authorize } = this.context.settings;
      const isSeen = recognize || findUser || authorize;
      this.openDoor(transport, isSeen || !info.request ? info : { ...info, request: undefined }, undefined);
    } catch (error) {
      // An exception of the transport or its serializer. It must not reach the host, which is handling an event of its server.
      this.note({ level: 'error', message: 'an exception: a connection could not be attached', error });
      transport.close();
    }
  }

  /** For hosts: writes to the router's log. */
  note(entry: LogEntry): void {
    this.context.settings.log(entry);
  }

  /** For hosts: in a cluster, whether it has joined, and was not cut off since. If not, `attach` closes each connection. */
  get hasJoined(): boolean {
    return this.realms.isReady;
  }

  /**
   * For hosts: whether `limits.maxSessions` are connected, it is draining, or it has not joined its cluster. If so, it counts as a refusal. `attach` calls this itself; a
   * host calls it earlier if its protocol has its own answer for this.
   */
  refusesConnection(): boolean {
    if (this.hasJoined) return this.connections.refusesOne();
    this.turnAway('cluster', 'this router has not joined its cluster, or is cut off from it');
    return true;
  }

  /** For hosts: reports a refusal by this limit, and its reason. Each is counted; it is logged once while it continues. */
  turnAway(limit: string, why?: string): void {
    this.connections.turnAway(limit, why);
  }

  /** For hosts: what the nodes of a cluster count together. Undefined: this router counts alone. */
  get counts(): Counts | undefined {
    return this.context.counts;
  }

  /** All sessions of all realms. */
  get sessions(): readonly RouterSession[] {
    return [...this.realms.byName.values()].flatMap((realm) => [...realm.sessions]);
  }

  /** Statistics. Cheap enough to be read every second. */
  stats(): RouterStats {
    return { ...totals(this.realms.byName.values()), ...this.tally, refusals: { ...this.tally.refusals } };
  }

  /** For hosts: how many sessions there are of each kind. */
  census(): readonly SessionGroup[] {
    return census([...this.realms.byName.values()].flatMap((realm) => [...realm.sessions]));
  }

  /** For hosts: what sessions have sent and received, by realm and authrole. */
  traffic(): readonly TrafficGroup[] {
    return this.context.traffic.with(this.connections.counted());
  }

  /**
   * Looks again and again at its sessions: which of them send and receive most, and what waits for them. For tools.
   *
   * @param news - Gets it, the first time at once, without rates. What it throws is logged.
   * @returns Ends it.
   * @throws TypeError for a wrong query.
   */
  top(query: TopQuery, news: (news: TopNews) => void): Off {
    return this.inspection.top(query, news);
  }

  /** For hosts: gets every call at its end, from now on. What it throws is logged. */
  watchCalls(ended: (call: EndedCall) => void): Off {
    return this.watch.add(ended);
  }

  /**
   * Why somebody may do something or not, and who would get it: for tools, and for tests of permissions. Nobody needs to be connected.
   *
   * @returns The decision with its rules, the subscriptions or registrations that match, those that nearly do, and all of it in sentences. Rejects with a TypeError if
   * there is no such realm, or nobody by the name in `as`.
   */
  async explain(question: ExplainQuestion): Promise<Explanation> {
    return this.inspection.explain(question);
  }

  /**
   * Lists what a realm has: topics with subscribers, procedures with callees, and retained events. For tools.
   *
   * @throws TypeError for a wrong query, Error if the store does not answer.
   */
  async uris(query: UriQuery = {}): Promise<RouterUris> {
    return this.inspection.uris(query);
  }

  /**
   * Lists running calls, in a cluster those of all routers, the oldest first. For tools.
   *
   * @throws TypeError for a wrong query.
   */
  async calls(query: CallsQuery = {}): Promise<RunningCalls> {
    return this.inspection.calls(query);
  }

  /**
   * The retained event of a topic, with its payload as text: it may be personal. For tools.
   *
   * @returns Null: there is none.
   * @throws TypeError for a wrong query, Error if the store does not answer.
   */
  async retained(query: RetainedQuery): Promise<RetainedValue | null> {
    return this.inspection.retained(query);
  }

  /**
   * Watches what sessions ask for, and what comes of it: calls from CALL to RESULT over both sides, publications with who gets them, and why a request failed or nobody got an
   * event. For tools. Costs nothing for sessions that nobody watches. The news come together, some times a second; a conversation that goes on comes again. The messages of a
   * login are never told, nor the payloads with which the router asks an authenticator.
   *
   * @param news - Gets them. What it throws is logged.
   * @returns Ends it.
   * @throws TypeError for a wrong filter: no such realm, a URI that is not legal, …
   */
  inspect(filter: WatchFilter, news: (news: WatchNews) => void): Off {
    return this.inspection.inspect(filter, news);
  }

  /**
   * Sends GOODBYE to one session. Does nothing if there is none with this id.
   *
   * @throws TypeError for a reason that is not a URI, and a message that is not a text.
   */
  kill(session: Id, reason: Uri = 'wamp.close.killed', message?: string): void {
    complain('reason of kill', validUri, reason);
    complain('message of kill', string, message ?? '');
    this.realms.at(session, (_, live) => live.dismiss(reason, message));
  }

  /**
   * Takes a registration away from one of its callees (WAMP "Registration Revocation"); a callee that announced
   * `registration_revocation` is notified. Running calls are still answered. Does nothing if this callee has none with this id.
   *
   * @param callee - The id of its session.
   * @param reason - For the callee; most often a URI.
   */
  revokeRegistration(registration: Id, callee: Id, reason?: string): void {
    this.realms.at(callee, (realm, live) => void realm.registrar.revoke(live, registration, reason));
  }

  /**
   * Takes a subscription away from one of its subscribers (WAMP "Subscription Revocation"); a subscriber that announced
   * `subscription_revocation` is notified. Does nothing if this subscriber has none with this id.
   *
   * @param subscriber - The id of its session.
   * @param reason - For the subscriber; most often a URI.
   */
  revokeSubscription(subscription: Id, subscriber: Id, reason?: string): void {
    this.realms.at(subscriber, (realm, live) => void realm.broker.revoke(live, subscription, reason));
  }

  on<E extends keyof RouterEvents>(event: E, listener: RouterEvents[E]): Off {
    return this.events.on(event, listener);
  }

  /**
   * Before `close`: refuses new connections, and waits until no call runs. Calls that run now, in a cluster also those that other nodes make to callees of this one, have
   * `timeoutMs`. Calls that come meanwhile are served at first. Then sessions without procedures get `wamp.error.unavailable` for new ones, and end when they have none. Sessions
   * of this process (`url: router`) are served, but not waited for.
   *
   * @param timeoutMs - How long it waits at most. 0: it only refuses new connections.
   * @param options - `goodbye`: for sessions that end meanwhile, as that of `close`; default `false`.
   * @returns How many calls are still running, which is logged. Rejects with a TypeError for anything but a number from 0 on, and for a `goodbye` that is not a URI.
   */
  async drain(timeoutMs: number, options: { readonly goodbye?: Uri | false | undefined } = {}): Promise<number> {
    complain('timeoutMs of drain', ms(), timeoutMs);
    checkOptions('drain', options, { goodbye: any });
    const { goodbye = false } = options;
    if (goodbye !== false) complain('goodbye of drain', validUri, goodbye);
    return this.connections.drain(this.realms.calls(), timeoutMs, goodbye);
  }

  /** `drain` was called, or `close`: new connections are refused. */
  get isDraining(): boolean {
    return this.connections.isDraining;
  }

  /**
   * Ends all sessions, and refuses new connections.
   *
   * @param options - `goodbye`: the reason of the GOODBYE to every session, default `wamp.close.system_shutdown`. `false`: none; the connections are closed
   * (WebSocket: 1012, service restart), and every client takes that for a loss and comes back. Choose `false` for a restart: Autobahn|JS takes any
   * GOODBYE as final and never comes back. Our client and Autobahn|Python come back after both, our client not after `wamp.close.normal` and
   * `wamp.close.logout`.
   * @returns A promise that resolves when every connection is closed; it waits at most 2 s for clients that do not answer.
   * @throws TypeError if `goodbye` is not a URI.
   */
  close(options: { readonly goodbye?: Uri | false | undefined } = {}): Promise<void> {
    checkOptions('close', options, { goodbye: any });
    const { goodbye = SYSTEM_SHUTDOWN } = options;
    if (goodbye !== false) complain('goodbye of close', validUri, goodbye);
    return this.connections.close(goodbye).then(() => this.realms.leave());
  }

  /**
   * For `autostrada/testing`: the transport that the router uses instead of the real one.
   *
   * @param _read - Reads a frame of this connection, without secrets; undefined: it is not a message.
   */
  protected around(transport: Transport, _read: (frame: Frame) => SeenMessage | undefined): Transport {
    return transport;
  }

  private letIn(dial: Dial, principal: Principal | undefined): Transport {
    const [theirs, ours] = memoryDoor(dial, this.isClosed, this.realms.isReady);
    this.openDoor(ours, { kind: 'memory' }, principal);
    return theirs;
  }

  private openDoor(transport: Transport, info: TransportInfo, principal: Principal | undefined): void {
    const line = this.around(transport, (frame) => look(frame, transport.serializer));
    this.connections.open({ transport: line, info, principal });
  }
}
