/*
 * One session as the router sees it: who it is, its link, and the request ids of both directions.
 */
import { ProtocolError, SerializationError } from '../errors.ts';
import type { FrameCache } from '../link.ts';
import { announced } from '../protocol/features.ts';
import { nextId } from '../protocol/ids.ts';
import type { Call, FromRouter } from '../protocol/messages.ts';
import type { Format } from '../serializer/formats/format.ts';
import { byteLength } from '../transport/frame-length.ts';
import type { Transport } from '../transport/transport.ts';
import type { Dict, Id, Uri } from '../words.ts';
import type { CarryingLink } from './carrying-link.ts';
import type { LogEntry } from './config.ts';
import type { Invocation } from './invocations.ts';
import type { Lane } from './lane.ts';
import type { OutQueue } from './out-queue.ts';
import type { Testament } from './testaments.ts';
import type { Work } from './turns.ts';

/** Progressive calls of one session whose end is awaited. Those before may still go on, but are not told from what was never one. */
const MAX_OPEN = 1000;

/** Events that may wait for those that were retained. */
const MAX_BEHIND = 1000;

/** Where a line comes from. */
export interface TransportInfo {
  readonly kind: 'memory' | 'websocket' | 'rawsocket' | 'longpoll' | (string & {});
  /** The far end's address. */
  readonly peer?: string | undefined;
  readonly isSecure?: boolean | undefined;
  /** Bytes that both ends of this TLS connection know and nobody else (WAMP "TLS Channel Binding"); undefined where there are none. */
  channelBinding?(type: string): Uint8Array | undefined;
}

/** Who a session is. */
export interface RouterSession {
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly transport: TransportInfo;
  /** What waits to be sent to it. */
  readonly queuedBytes: number;
  /** Events that it did not get, because it read too slowly. */
  readonly droppedEvents: number;
}

/** What a session needs of its link. */
export type SessionLine = Pick<CarryingLink, 'state' | 'send' | 'guard' | 'format'> & {
  readonly transport: Pick<Transport, 'bufferedBytes' | 'pause' | 'resume'> & Partial<Pick<Transport, 'serializer'>>;
};

/** What its messages are handled in, one after the other. */
export type SessionLane = Pick<Lane<unknown>, 'do' | 'hold' | 'release'>;

type Who = Omit<RouterSession, 'transport' | 'queuedBytes' | 'droppedEvents'> & {
  readonly authprovider: string;
  readonly trustlevel: number | undefined;
};

export class LiveSession implements RouterSession {
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  /** Where the router knows it from. */
  readonly authprovider: string;
  readonly transport: TransportInfo;
  /** WAMP "Call Trust Levels", "Publication Trust Levels": undefined when the realm has none. */
  readonly trustlevel: number | undefined;
  /** The dealer's: what this session asked for, by its request; and what it was asked, by ours. */
  readonly calls: Map<Id, Invocation> = new Map();
  readonly invocations: Map<Id, Invocation> = new Map();
  /** WAMP "Testament": in order of adding. */
  readonly testaments: Testament[] = [];
  /** What the client announced, by role. */
  private readonly features: ReturnType<typeof announced>;
  /** WAMP "Session Meta API": who goes by `kill_all` goes without an event. */
  leavesQuietly = false;
  /** GOODBYE, and it is gone. */
  readonly dismiss: (reason: Uri, message: string | undefined) => void;
  private readonly link: SessionLine;
  private readonly lane: SessionLane;
  private readonly queue: OutQueue;
  /** It has left its realm. */
  isGone = false;
  /** Sends the next of the events that come before all others, where there are any. @returns Whether there was one. */
  private sendNextFirst: (() => boolean) | undefined;
  private behind: (readonly [FromRouter, FrameCache])[] = [];
  private lastRequest: Id = 0;
  private lastInvocation: Id = 0;
  /** Progressive calls whose last CALL has not come, oldest first. */
  private open: Set<Id> | undefined;
  /** Calls up to here may be such ones as well: there were too many to remember. */
  private forgotten: Id = 0;
  private readonly log: ((entry: LogEntry) => void) | undefined;
  private hasMissedEvents = false;

  constructor(
    link: SessionLine,
    lane: SessionLane,
    who: Who,
    transport: TransportInfo,
    queue: OutQueue,
    hello: Dict,
    dismiss: (reason: Uri, message: string | undefined) => void,
    log?: (entry: LogEntry) => void,
  ) {
    this.dismiss = dismiss;
    this.log = log;
    this.link = link;
    this.lane = lane;
    this.id = who.id;
    this.realm = who.realm;
    this.authid = who.authid;
    this.authrole = who.authrole;
    this.authmethod = who.authmethod;
    this.authprovider = who.authprovider;
    this.trustlevel = who.trustlevel;
    this.transport = transport;
    this.queue = queue;
    this.features = announced(hello, ['publisher', 'subscriber', 'caller', 'callee']);
  }

  get queuedBytes(): number {
    return this.queue.bytes;
  }

  get droppedEvents(): number {
    return this.queue.droppedEvents;
  }

  /** What its payloads are carried in. Undefined: its serializer is none of ours, and payloads are values. */
  get format(): Format | undefined {
    return this.link.format;
  }

  /** It has left its realm: nothing more is sent to it. */
  leave(): void {
    this.isGone = true;
    this.queue.leave();
  }

  /** Whether the client announced all of these features of a role. */
  can(role: 'publisher' | 'subscriber' | 'caller' | 'callee', ...features: readonly string[]): boolean {
    const own = this.features[role];
    return own !== undefined && features.every((feature) => own[feature] === true);
  }

  /**
   * WAMP "IDs": requests of a session count from 1, one by one, over all types.
   *
   * @throws {@link ProtocolError}
   */
  takeRequest(request: Id): void {
    const expected = nextId(this.lastRequest);
    if (request !== expected) throw new ProtocolError(`expected request id ${expected}, the next of this session, got ${request}`);
    this.lastRequest = request;
  }

  /**
   * The same for a CALL. WAMP "Progressive Call Invocations": further inputs have the id of the first, until one says that it is the last,
   * be the call over or not.
   *
   * @returns Whether it is a new call.
   * @throws {@link ProtocolError}
   */
  takeCall({ request, options }: Call): boolean {
    const isLast = options.progress !== true;
    if (this.open?.has(request)) {
      if (isLast) this.open.delete(request);
      return false;
    }
    if (request <= this.forgotten) return false;
    this.takeRequest(request);
    if (!isLast) this.expectMore(request);
    return true;
  }

  private expectMore(request: Id): void {
    if (!this.can('caller', 'progressive_call_invocations'))
      throw new ProtocolError('got a progressive CALL of a caller that did not announce progressive_call_invocations');
    this.open ??= new Set();
    this.open.add(request);
    if (this.open.size <= MAX_OPEN) return;
    const [oldest = 0] = this.open;
    this.open.delete(oldest);
    this.forgotten = oldest;
  }

  /** The id of the next INVOCATION to this callee. It is used up when the INVOCATION was sent. */
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

  /** Does later what a message of this session asked for. What it throws ends this session, as it would at once. */
  guard(task: () => void): void {
    try {
      this.link.guard(task);
    } catch (error) {
      this.log?.({ level: 'error', message: 'a session could not be ended in order', session: this.id, error });
    }
  }

  /** Goes on with what a message of this session began; its further messages wait for that. */
  do(work: Work | undefined): void {
    if (work) this.lane.do(work);
  }

  /** Holds back what comes from here on, until the decision is there. It must not reject. */
  hold<T>(decision: Promise<T>, then: (decided: T) => void): void {
    this.lane.hold();
    // Who is gone holds nothing back: on the same connection there may be another session.
    void decision.then((decided) => {
      if (!this.isGone) this.lane.release(() => this.guard(() => then(decided)));
    });
  }

  /**
   * Events that come before whatever is sent to this session from now on, a few at a time: what was retained is older than what is published
   * now, and may be of the same publisher (WAMP "Ordering Guarantees"). Events wait for them; for an answer they are all sent at once.
   */
  *sendFirst(sendNext: () => boolean): Work {
    this.sendNextFirst = sendNext;
    while (this.sendNextFirst === sendNext && sendNext()) yield;
    this.catchUp();
  }

  private catchUp(): void {
    const sendNext = this.sendNextFirst;
    const { behind } = this;
    this.sendNextFirst = undefined;
    this.behind = [];
    while (sendNext?.()) {
      // all of them
    }
    for (const [event, cache] of behind) this.sendEvent(event, cache);
  }

  /** The same for every session that gets this event. What this session's serializer cannot hold, it does not get; logged once. */
  sendEvent(event: FromRouter, cache: FrameCache): void {
    if (this.isGone) return;
    if (this.sendNextFirst) {
      this.behind.push([event, cache]);
      if (this.behind.length > MAX_BEHIND) this.catchUp();
      return;
    }
    this.sendEventNow(event, cache);
  }

  /** One of those of `sendFirst`. */
  sendEventNow(event: FromRouter, cache: FrameCache): void {
    if (this.isGone || !this.queue.takes(true)) return;
    const error = attempt(() => this.link.send(event, cache));
    this.queue.measure();
    if (error === undefined || this.hasMissedEvents) return;
    this.hasMissedEvents = true;
    const message = `an event was left out, and further ones may be (logged once): ${error.message}`;
    this.log?.({ level: 'warn', message, session: this.id, error });
  }

  /** @returns Why nothing was sent: the payload came by another serializer and does not fit into this one. */
  send(message: FromRouter): SerializationError | undefined {
    if (this.sendNextFirst) this.catchUp();
    if (!this.queue.takes(false)) return undefined;
    const unfit = attempt(() => this.link.send(message));
    this.queue.measure();
    return unfit;
  }

  /** How many bytes this list is on the wire to this session; undefined: its serializer cannot hold it. */
  sizeOf(list: readonly unknown[]): number | undefined {
    let size: number | undefined;
    attempt(() => {
      size = byteLength(this.link.transport.serializer?.encode(list) ?? '');
    });
    return size;
  }
}

function attempt(send: () => void): SerializationError | undefined {
  try {
    send();
    return undefined;
  } catch (error) {
    if (error instanceof SerializationError) return error;
    throw error;
  }
}
