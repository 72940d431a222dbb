/*
 * One session as the router sees it: its link, and the messages to it. Its identity is in router-session.ts, its request
 * ids in request-ids.ts.
 */
import { ProtocolError, type SerializationError } from '../../base/errors.ts';
import { showAs } from '../../base/shown.ts';
import { type Dict, type Id, oneLine, type Uri } from '../../base/words.ts';
import type { FrameCache } from '../../link/link.ts';
import { IdMap } from '../../protocol/id-map.ts';
import { nextId } from '../../protocol/ids.ts';
import type { Call, Code, FromRouter } from '../../protocol/messages.ts';
import type { Format } from '../../serializer/formats/format.ts';
import { Holdings } from '../limits/holdings.ts';
import type { OutQueue } from '../limits/out-queue.ts';
import { type CallKind, RequestIds } from '../limits/request-ids.ts';
import { Backlog, type SendNext } from '../turns/backlog.ts';
import type { LogEntry } from '../turns/log.ts';
import type { Work } from '../turns/turns.ts';
import { attempt, sizeIn } from './attempt.ts';
import { type ClientFeatures, type ClientRole, clientFeatures } from './client-features.ts';
import type { EventSeries } from './event-series.ts';
import { MissedEvents, UnknownOptions } from './logged-once.ts';
import type { RouterSession, Who } from './router-session.ts';
import type { CallIds, EventsBefore, SessionLane, SessionLine, SessionParts, SessionSettings, Watched } from './session-parts.ts';
import type { TransportInfo } from './transport-info.ts';

export class LiveSession implements RouterSession, Who {
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly transport: TransportInfo;
  /** HELLO.Details: what the client says of itself. */
  readonly agent: string | undefined;
  /** In milliseconds since 1970. */
  readonly joinedAt: number;
  trustlevel: number | undefined;
  /** For the dealer: calls of this session by its request id; and invocations to it by our id. */
  readonly calls: IdMap<CallIds> = new IdMap();
  readonly invocations: IdMap<CallIds> = new IdMap();
  /** The bytes kept for it. */
  readonly holdings: Holdings;
  /** The sum over its calls. */
  keptBytes = 0;
  /** The features that the client announced, by role. */
  readonly features: ClientFeatures;
  /** WAMP "Session Meta API": a session that `kill_all` ends causes no event. */
  leavesQuietly = false;
  /** It belongs to another node of the cluster. */
  readonly isRemote: boolean;
  /** Sends GOODBYE, and ends the session. */
  readonly dismiss: (reason: Uri, message: string | undefined) => void;
  private readonly link: SessionLine;
  private readonly lane: SessionLane;
  /** For the broker: what waits to be sent. */
  readonly queue: OutQueue;
  private readonly before: EventsBefore | undefined;
  /** How many of the events to many sessions have been sent to it, or were not for it. The sender counts them. */
  eventsSeen = 0;
  /** It has left its realm. */
  isGone = false;
  /** The router is about to close: it makes no new calls, except for those that it answers. */
  isStopping = false;
  /** Those who watch it. Undefined: nobody does. */
  watched: Watched | undefined = undefined;
  /** Undefined: everything is sent at once. */
  private backlog: Backlog | undefined;
  private lastInvocation: Id = 0;
  private readonly requestIds: RequestIds;
  private readonly unknownOptions = new UnknownOptions();
  private readonly settings: SessionSettings;
  private readonly log: ((entry: LogEntry) => void) | undefined;
  private readonly missed = new MissedEvents();

  constructor({
    who,
    transport,
    hello,
    link,
    lane,
    queue,
    settings,
    before,
    holdings = new Holdings(),
    dismiss,
    isRemote = false,
  }: SessionParts) {
    this.id = who.id;
    this.realm = who.realm;
    this.authid = who.authid;
    this.authrole = who.authrole;
    this.authmethod = who.authmethod;
    this.authprovider = who.authprovider;
    this.trustlevel = who.trustlevel;
    this.transport = transport;
    this.agent = typeof hello.agent === 'string' ? oneLine(hello.agent, 100) : undefined;
    this.joinedAt = settings.clock.now();
    this.features = clientFeatures(hello);
    this.link = link;
    this.lane = lane;
    this.queue = queue;
    this.before = before;
    this.settings = settings;
    this.log = settings.log;
    this.requestIds = new RequestIds(this.calls, settings);
    this.holdings = holdings;
    this.dismiss = dismiss;
    this.isRemote = isRemote;
  }

  static {
    showAs(LiveSession.prototype);
  }

  /** What a log shows of it. */
  toJSON(): object {
    const { id, realm, authid, authrole, authmethod, transport, queuedBytes, droppedEvents } = this;
    return { id, realm, authid, authrole, authmethod, transport, queuedBytes, droppedEvents };
  }

  get queuedBytes(): number {
    return this.queue.bytes;
  }

  get droppedEvents(): number {
    return this.queue.droppedEvents;
  }

  /** The format of its payloads. Undefined: its serializer is foreign, and payloads are values. */
  get format(): Format | undefined {
    return this.link.format;
  }

  /** Its connection is lost. Earlier messages are still handled in their turn, except those that concern only itself. */
  get isLost(): boolean {
    return this.isGone || this.link.transport.isLost === true;
  }

  /** It has left its realm: nothing more is sent to it. */
  leave(): void {
    this.isGone = true;
    this.backlog?.end();
    this.queue.leave();
  }

  /** Whether the client announced all of these features of a role. */
  can(role: ClientRole, ...features: readonly string[]): boolean {
    const own = this.features[role];
    return own !== undefined && features.every((feature) => own[feature] === true);
  }

  /**
   * Checks the id of a request.
   *
   * @throws {@link ProtocolError}
   */
  takeRequest(request: Id): void {
    this.requestIds.take(request);
  }

  /**
   * The same for a CALL.
   *
   * @throws {@link ProtocolError}
   */
  takeCall(call: Call): CallKind {
    const kind = this.requestIds.takeCall(call);
    if (kind !== 'further' && call.options.progress === true && !this.can('caller', 'progressive_call_invocations'))
      throw new ProtocolError('got a progressive CALL of a caller that did not announce progressive_call_invocations');
    return kind;
  }

  /** Logs options that the router does not know. */
  noteOptions(type: Code, options: Dict): void {
    this.unknownOptions.tell(type, options, this.id, this.log);
  }

  /** The id of the next INVOCATION to this callee. It counts only when the INVOCATION was sent. */
  get nextInvocation(): Id {
    return nextId(this.lastInvocation);
  }

  invoked(): void {
    this.lastInvocation = this.nextInvocation;
  }

  /** Whether an INVOCATION with this id has ever gone to this callee. */
  wasInvoked(invocation: Id): boolean {
    return invocation <= this.lastInvocation;
  }

  /** Does the work of a message later. If it throws, the session ends, as it would at once. */
  guard(task: () => void): void {
    try {
      this.link.guard(task);
    } catch (error) {
      this.log?.({ level: 'error', message: 'a session could not be ended in order', session: this.id, error });
    }
  }

  /** Continues the work of a message; later messages of the session wait for that. */
  do(work: Work | undefined): void {
    if (work) this.lane.do(work);
  }

  /** Holds back later messages until the decision is known. It must not reject. `mayDrop`: they are dropped if the connection is lost before. */
  hold<T>(decision: Promise<T>, then: (decided: T) => void, mayDrop = true): void {
    this.lane.hold(mayDrop);
    // A session that is gone holds nothing back: the same connection may have another session.
    void decision.then((decided) => {
      if (!this.isGone) this.lane.release(() => this.guard(() => then(decided)));
    });
  }

  /** Events that come before everything that is sent to this session from now on, at the pace of its reader. Later messages of a session that asks for more meanwhile wait. */
  sendFirst(sendNext: SendNext): void {
    this.backlog ??= this.newBacklog();
    const others = this.backlog.addSource(sendNext);
    if (others) this.hold(others, () => {}, false);
  }

  private newBacklog(): Backlog {
    return new Backlog({
      ...this.settings,
      isLost: () => this.isLost,
      buffered: () => this.link.transport.bufferedBytes,
      do: (work) => this.do(work),
      send: ({ message, frames }) => this.sendNow(message, frames),
      holds: (bytes) => {
        this.queue.heldBytes = bytes;
      },
      emptied: () => {
        this.backlog = undefined;
      },
    });
  }

  /** Sends what has to come before the end of the session. Retained events that wait are dropped. */
  sendWaiting(): void {
    if (this.before?.areWaiting) this.before.sendTo(this);
    this.backlog?.flush();
  }

  /** Sends several events, as one piece if possible. */
  sendSeries(series: EventSeries): void {
    if (this.isGone) return;
    const frames = this.backlog ? undefined : this.link.framesOf(series);
    if (!frames) {
      for (const { event, frames: shared } of series.events) this.sendEvent(event, shared);
      return;
    }
    if (!this.queue.takes('event', series.length)) return this.missed.drop(series.events, this);
    this.link.sendFrames(frames);
    this.queue.measure();
    if (this.watched !== undefined) for (const { event } of series.events) this.watched.sent(event);
  }

  /** Sends an event. All subscribers get the same. If this session's serializer cannot encode it, the session does not get it; that is logged once. */
  sendEvent(event: FromRouter, cache: FrameCache): void {
    if (this.isGone) return;
    if (this.before?.areWaiting) this.before.sendTo(this);
    if (this.backlog) this.wait('event', this.backlog, event, cache);
    else if (this.queue.takes('event')) this.sendNow(event, cache);
    else this.missed.drop([{ event }], this);
  }

  /** @returns Why it does not wait. */
  private wait(
    kind: 'event' | 'answer',
    backlog: Backlog,
    message: FromRouter,
    frames: FrameCache,
  ): SerializationError | undefined {
    if (!this.queue.takes(kind)) return undefined;
    const unfit = attempt(() => backlog.add({ message, frames, bytes: this.link.prepare(message, frames) }));
    this.queue.measure();
    if (unfit && kind === 'event') this.missed.tell(message, unfit, this, this.log);
    return unfit;
  }

  /** Sends one of the events of `sendFirst`. */
  sendNextFirst(event: FromRouter): void {
    if (!this.isGone && this.queue.takesNext()) this.sendNow(event, new Map());
  }

  private sendNow(event: FromRouter, cache: FrameCache): void {
    const error = attempt(() => this.link.send(event, cache));
    this.queue.measure();
    if (error) this.missed.tell(event, error, this, this.log);
    else if (this.watched !== undefined) this.watched.sent(event);
  }

  /** @returns Why nothing was sent: the payload came by another serializer, and this one has no such value. */
  send(message: FromRouter): SerializationError | undefined {
    if (this.before?.areWaiting) this.before.sendTo(this);
    if (this.backlog) return this.wait('answer', this.backlog, message, new Map());
    if (!this.queue.takes('answer')) return undefined;
    const unfit = attempt(() => this.link.send(message));
    this.queue.measure();
    if (this.watched !== undefined && !unfit) this.watched.sent(message);
    return unfit;
  }

  /** The length of this list on the wire to this session, in bytes; undefined: its serializer cannot encode it. */
  sizeOf(list: readonly unknown[]): number | undefined {
    return sizeIn(this.link.transport.serializer, list);
  }
}
