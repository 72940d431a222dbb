/*
 * One session as the router sees it: who it is, its link, and what it is told. Which request ids it may send is in
 * request-ids.ts.
 */
import { ProtocolError, SerializationError } from '../errors.ts';
import type { FrameCache } from '../link.ts';
import { announced, clientRoles, PASSTHRU } from '../protocol/features.ts';
import { nextId } from '../protocol/ids.ts';
import type { Call, Code, FromRouter } from '../protocol/messages.ts';
import type { Format } from '../serializer/formats/format.ts';
import { byteLength } from '../transport/frame-length.ts';
import type { Transport } from '../transport/transport.ts';
import type { Dict, Id, Uri } from '../words.ts';
import type { CarryingLink } from './carrying-link.ts';
import type { LogEntry } from './config.ts';
import type { Invocation } from './invocations.ts';
import type { OutQueue } from './out-queue.ts';
import { type CallKind, RequestIds } from './request-ids.ts';
import type { Testament } from './testaments.ts';
import { UnknownOptions } from './unknown-options.ts';

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
  /** The sum over its calls. */
  keptBytes = 0;
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
  private lastInvocation: Id = 0;
  private readonly requestIds: RequestIds;
  private readonly unknownOptions = new UnknownOptions();
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
    strictRequestIds = false,
  ) {
    this.requestIds = new RequestIds(this.calls, strictRequestIds);
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
    this.features = knownFeatures(hello);
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
   * Whether this id may be had, is for `RequestIds` to say.
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

  /** Names in the log what it asks for and will not get. */
  noteOptions(type: Code, options: Dict): void {
    this.unknownOptions.tell(type, options, this.id, this.log);
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

const roles = ['publisher', 'subscriber', 'caller', 'callee'] as const;

/** What it announced, without what no router asks about: a HELLO may name any number of features. */
function knownFeatures(hello: Dict): ReturnType<typeof announced> {
  const given = announced(hello, roles);
  const known = (role: (typeof roles)[number]) => {
    const features = [...Object.keys(clientRoles[role]?.features ?? {}), PASSTHRU];
    return Object.fromEntries(features.map((feature) => [feature, given[role]?.[feature] === true]));
  };
  return Object.fromEntries(roles.filter((role) => given[role]).map((role) => [role, { ...known(role) }]));
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
