/*
 * One session as the router sees it: who it is, its link, and the request ids of both directions.
 */
import { ProtocolError, SerializationError } from '../errors.ts';
import type { FrameCache, Link } from '../link.ts';
import { announced } from '../protocol/features.ts';
import { nextId } from '../protocol/ids.ts';
import type { FromClient, FromRouter } from '../protocol/messages.ts';
import type { Dict, Id, Uri } from '../words.ts';
import type { LogEntry } from './config.ts';
import type { Invocation } from './dealer.ts';

/** Where a line comes from. */
export interface TransportInfo {
  readonly kind: 'memory' | 'websocket' | (string & {});
  /** The far end's address. */
  readonly peer?: string | undefined;
  readonly isSecure?: boolean | undefined;
}

/** Who a session is. */
export interface RouterSession {
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly transport: TransportInfo;
}

export class LiveSession implements RouterSession {
  readonly id: Id;
  readonly realm: string;
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly transport: TransportInfo;
  /** WAMP "Call Trust Levels", "Publication Trust Levels": undefined when the realm has none. */
  readonly trustlevel: number | undefined;
  /** The dealer's: what this session asked for, by its request; and what it was asked, by ours. */
  readonly calls: Map<Id, Invocation> = new Map();
  readonly invocations: Map<Id, Invocation> = new Map();
  /** What the client announced, by role. */
  private readonly features: ReturnType<typeof announced>;
  /** WAMP "Session Meta API": who goes by `kill_all` goes without an event. */
  leavesQuietly = false;
  /** GOODBYE, and it is gone. */
  readonly dismiss: (reason: Uri, message: string | undefined) => void;
  private readonly link: Link<FromClient, FromRouter>;
  private lastRequest: Id = 0;
  private lastInvocation: Id = 0;
  private readonly log: ((entry: LogEntry) => void) | undefined;
  private hasMissedEvents = false;

  constructor(
    link: Link<FromClient, FromRouter>,
    who: Omit<RouterSession, 'transport'> & { readonly trustlevel: number | undefined },
    transport: TransportInfo,
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
    this.trustlevel = who.trustlevel;
    this.transport = transport;
    this.features = announced(hello, ['publisher', 'subscriber', 'caller', 'callee']);
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

  /** The same for every session that gets this event. What this session's serializer cannot hold, it does not get; logged once. */
  sendEvent(event: FromRouter, cache: FrameCache): void {
    const error = attempt(() => this.link.sendShared(event, cache));
    if (error === undefined || this.hasMissedEvents) return;
    this.hasMissedEvents = true;
    const message = `an event was left out, and further ones may be (logged once): ${error.message}`;
    this.log?.({ level: 'warn', message, session: this.id, error });
  }

  /** @returns Why nothing was sent: the payload came by another serializer and does not fit into this one. */
  send(message: FromRouter): SerializationError | undefined {
    return attempt(() => this.link.send(message));
  }

  close(): void {
    this.link.close();
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
