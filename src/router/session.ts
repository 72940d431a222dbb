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
import type { OutQueue } from './out-queue.ts';
import type { Testament } from './testaments.ts';

/** Progressive calls of one session whose end is awaited. Those before may still go on, but are not told from what was never one. */
const MAX_OPEN = 1000;

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
  private readonly queue: OutQueue;
  /** It has left its realm. */
  isGone = false;
  /** What waits behind a message that waits for leave. */
  private backlog: (() => void)[] | undefined;
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

  /** Whether a message of this session waits for leave. */
  get isHeld(): boolean {
    return this.backlog !== undefined;
  }

  /** Now, or when it is its turn. */
  inTurn(task: () => void): void {
    if (this.backlog) this.backlog.push(task);
    else task();
  }

  /** Does later what a message of this session asked for. What it throws ends this session, as it would at once. */
  guard(task: () => void): void {
    this.link.guard(task);
  }

  /** Holds back what comes from here on, until the decision is there. It must not reject. */
  hold<T>(decision: Promise<T>, then: (decided: T) => void): void {
    this.backlog = [];
    this.link.transport.pause?.();
    void decision.then((decided) => this.catchUp(() => then(decided)));
  }

  private catchUp(first: () => void): void {
    const tasks = [first, ...(this.backlog ?? [])];
    this.backlog = undefined;
    for (const [i, task] of tasks.entries()) {
      if (this.isGone) break;
      this.guard(task);
      if (this.backlog) {
        this.backlog = [...this.backlog, ...tasks.slice(i + 1)]; // this one waits as well
        return;
      }
    }
    this.link.transport.resume?.();
  }

  /** The same for every session that gets this event. What this session's serializer cannot hold, it does not get; logged once. */
  sendEvent(event: FromRouter, cache: FrameCache): void {
    if (!this.queue.takes(true)) return;
    const error = attempt(() => this.link.send(event, cache));
    if (error === undefined || this.hasMissedEvents) return;
    this.hasMissedEvents = true;
    const message = `an event was left out, and further ones may be (logged once): ${error.message}`;
    this.log?.({ level: 'warn', message, session: this.id, error });
  }

  /** @returns Why nothing was sent: the payload came by another serializer and does not fit into this one. */
  send(message: FromRouter): SerializationError | undefined {
    return this.queue.takes(false) ? attempt(() => this.link.send(message)) : undefined;
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
