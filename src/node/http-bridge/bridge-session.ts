/*
 * A session of the bridge: it logs in with what an HTTP request has said, and asks the router for the requests that share it. For the router it is a client like all others.
 */
import type { Id, Uri } from '../../base/words.ts';
import type { LinkEnd, LinkReceiver } from '../../link/link.ts';
import { clientRoles } from '../../protocol/features.ts';
import { nextId } from '../../protocol/ids.ts';
import {
  Code,
  type ErrorMessage,
  type Event,
  type FromClient,
  type FromRouter,
  type Published,
  type ResultMessage,
  type Subscribed,
} from '../../protocol/messages.ts';
import { CLOSE_NORMAL, GOODBYE_AND_OUT } from '../../protocol/uris.ts';
import type { Router } from '../../router/router.ts';
import type { TransportInfo } from '../../router/session/transport-info.ts';
import type { Format } from '../../serializer/formats/format.ts';
import { json } from '../../serializer/json.ts';
import { memoryPair } from '../../transport/memory.ts';
import { BackedLine, BridgeLink, type LastEvent } from './bridge-link.ts';
import type { Credentials } from './requests/credentials.ts';
import { HttpProblem, statusOf, UNAVAILABLE } from './requests/problems.ts';

export type Reply = ResultMessage | ErrorMessage | Published | Subscribed;

/** One request that waits for the router. After `lost`, or the last reply, nothing more comes. */
export interface Asking {
  reply(message: Reply): void;
  lost(why: HttpProblem): void;
}

export interface SessionParts {
  readonly router: Router;
  readonly format: Format;
  readonly last: LastEvent;
  readonly realm: string;
  readonly who: Credentials | undefined;
  readonly from: TransportInfo;
  /** The bytes that the HTTP client has not read. */
  readonly backlog?: (() => number) | undefined;
}

const { callee: _, ...roles } = clientRoles;

export class BridgeSession implements LinkReceiver<FromRouter> {
  /** WELCOME came. Rejects with an `HttpProblem`. */
  readonly joined: Promise<void>;
  /** Nobody has logged in, and the router has not recognized anybody. */
  isAnonymous = false;
  /** The authid and authrole of a user that is known. Undefined: nobody has logged in. */
  user: readonly [authid: unknown, authrole: unknown] | undefined;
  onEvent: (event: Event) => void = () => {};
  onLost: (why: HttpProblem) => void = () => {};
  private readonly link: BridgeLink;
  private readonly who: Credentials | undefined;
  private readonly asked = new Map<Id, Asking>();
  private last: Id = 0;
  private settle: { resolve(): void; reject(why: HttpProblem): void } | undefined;
  private over: HttpProblem | undefined;

  constructor({ router, format, last, realm, who, from, backlog = () => 0 }: SessionParts) {
    this.who = who;
    this.joined = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    this.joined.catch(() => {}); // the session may be given up before anybody waits for it
    const [mine, theirs] = memoryPair(json());
    this.link = new BridgeLink(mine, format, last);
    this.link.limitFrames(router.limits.maxMessageBytes);
    this.link.start(this);
    router.attach(new BackedLine(theirs, backlog), from);
    const login = who ? { authmethods: ['ticket'], ...(who.authid === undefined ? {} : { authid: who.authid }) } : {};
    this.link.send({ type: Code.HELLO, realm, details: { agent: 'autostrada-http', roles, ...login } });
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  /**
   * Sends a request.
   *
   * @returns Its id, for `cancel`.
   * @throws {@link SerializationError} It is too long. Then nothing was sent.
   */
  ask(make: (request: Id) => FromClient, asking: Asking): Id {
    if (this.over || this.link.state !== 'established') {
      const { uri = GOODBYE_AND_OUT, message = 'the session is over' } = this.over ?? {};
      asking.lost(gone(uri, message, true));
      return 0;
    }
    const request = nextId(this.last);
    this.link.send(make(request));
    this.last = request;
    this.asked.set(request, asking);
    return request;
  }

  /** WAMP "Call Canceling". A late answer is dropped. */
  cancel(request: Id): void {
    if (this.asked.delete(request)) this.link.send({ type: Code.CANCEL, request, options: { mode: 'killnowait' } });
  }

  leave(): void {
    if (this.link.state === 'established') this.link.send({ type: Code.GOODBYE, details: {}, reason: CLOSE_NORMAL });
    else this.link.close();
    this.end(gone(CLOSE_NORMAL, 'the session was left'));
  }

  message(message: FromRouter): void {
    switch (message.type) {
      case Code.CHALLENGE:
        if (message.authmethod === 'ticket' && this.who)
          return this.link.send({ type: Code.AUTHENTICATE, signature: this.who.ticket, extra: {} });
        return this.link.abort('wamp.error.cannot_authenticate', `expected a challenge for a ticket, got ${message.authmethod}`);
      case Code.WELCOME:
        this.isAnonymous = this.who === undefined && message.details.authmethod === 'anonymous';
        if (message.details.authmethod !== 'anonymous') this.user = [message.details.authid, message.details.authrole];
        return this.settle?.resolve();
      case Code.ABORT:
        this.end(gone(message.reason, String(message.details.message ?? message.reason)));
        return this.link.close();
      case Code.GOODBYE:
        if (this.link.state === 'answering') this.link.send({ type: Code.GOODBYE, details: {}, reason: GOODBYE_AND_OUT });
        this.end(gone(message.reason, String(message.details.message ?? 'the router has ended the session')));
        return this.link.close();
      case Code.RESULT:
      case Code.ERROR:
      case Code.PUBLISHED:
      case Code.SUBSCRIBED:
        return this.answered(message);
      case Code.EVENT:
        return this.onEvent(message);
      case Code.UNSUBSCRIBED:
        // WAMP "Subscription Revocation"
        if (message.request === 0)
          this.onLost(gone('wamp.error.no_such_subscription', 'the router has taken the subscription away'));
        return;
      default:
        return; // a bridge registers nothing
    }
  }

  linkEnded({ error, closed }: LinkEnd): void {
    if (error) this.end(new HttpProblem(500, error.message, { uri: error.uri }));
    else this.end(gone(UNAVAILABLE, closed?.reason || 'the router has closed the connection'));
  }

  private answered(message: Reply): void {
    const asking = this.asked.get(message.request);
    if (!(message.type === Code.RESULT && message.details.progress === true)) this.asked.delete(message.request);
    asking?.reply(message);
  }

  private end(why: HttpProblem): void {
    if (this.over) return;
    this.over = why;
    this.settle?.reject(why);
    const waiting = [...this.asked.values()];
    this.asked.clear();
    for (const asking of waiting) asking.lost(why);
    this.onLost(why);
  }
}

const NONE: ReadonlyMap<Uri, number> = new Map();

/** Why a session could not begin, or has ended: a login that was refused is 401, and the client may try again after all else. */
function gone(reason: Uri, text: string, isUndone = false): HttpProblem {
  const status = statusOf(reason, NONE);
  return new HttpProblem(status === 401 || status === 413 ? status : 503, text, { uri: reason, isUndone });
}
