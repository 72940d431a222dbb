/* A session that is watched: which of its messages belong to which conversation. */
import type { Id, Uri } from '../../base/words.ts';
import {
  type Call,
  Code,
  type ErrorMessage,
  type Event,
  type FromClient,
  type FromRouter,
  type Publish,
} from '../../protocol/messages.ts';
import type { Match } from '../../protocol/uri.ts';
import { matchOf } from '../patterns/match.ts';
import type { Who } from '../session/router-session.ts';
import type { Spread, Watched, WatchedCall } from '../session/session-parts.ts';
import type { ConversationKind } from './conversation.ts';
import { isRouter, Row } from './row.ts';
import type { Watch } from './watch.ts';
import type { WatchedRealm } from './watched-realm.ts';

/** Watching is not watched: its news would be news. */
const OWN = /^autostrada\.(inspect|payloads)\./;

export interface WatchedSessionParts {
  readonly who: Who;
  readonly realm: WatchedRealm;
  /** The number of the next row. */
  readonly nextRow: () => number;
  /** Another session, if it is watched. */
  readonly other: (session: Id) => WatchedSession | undefined;
}

export class WatchedSession implements Watched {
  readonly watches: Set<Watch> = new Set();
  private readonly parts: WatchedSessionParts;
  /** Those that have no answer yet, by the id of the request. */
  private readonly asked = new Map<Id, Row>();
  /** Calls of sessions that are not watched, by the id of the INVOCATION. */
  private readonly answers = new Map<Id, Row>();

  constructor(parts: WatchedSessionParts) {
    this.parts = parts;
  }

  received(message: FromClient): void {
    switch (message.type) {
      case Code.CALL:
        return this.ask('call', message.request, message.procedure)?.asks(message);
      case Code.PUBLISH:
        return this.ask('publish', message.request, message.topic)?.asks(message);
      case Code.SUBSCRIBE:
        return this.ask('subscribe', message.request, message.topic, matchOf(message.options))?.asks({});
      case Code.REGISTER:
        return this.ask('register', message.request, message.procedure, matchOf(message.options))?.asks({});
      case Code.UNSUBSCRIBE:
        return this.ask('unsubscribe', message.request, this.subscribed(message.subscription))?.asks({});
      case Code.UNREGISTER:
        return this.ask('unregister', message.request, this.registered(message.registration))?.asks({});
      case Code.YIELD: {
        const row = this.answers.get(message.request);
        if (message.options.progress !== true) row?.done(message);
        else if (row?.isProgressive) row.progressed(message);
        return;
      }
      case Code.ERROR: {
        const row = this.answers.get(message.request);
        row?.calleeFailed();
        return row?.failed(message.error, withText(message));
      }
      default:
    }
  }

  sent(message: FromRouter): void {
    switch (message.type) {
      case Code.RESULT:
        if (message.details.progress === true) this.asked.get(message.request)?.progressed(message);
        else this.answered(message.request)?.done(message);
        return;
      case Code.ERROR:
        return this.answered(message.request)?.failed(message.error, withText(message));
      case Code.SUBSCRIBED:
      case Code.REGISTERED:
      case Code.UNSUBSCRIBED:
      case Code.UNREGISTERED:
        return this.answered(message.request)?.done();
      case Code.PUBLISHED:
        this.answered(message.request); // it is known already how far it went
        return;
      case Code.EVENT: {
        const row = this.begin('event', this.topicOf(message));
        row?.asks(message);
        row?.done();
        return;
      }
      default:
    }
  }

  missed(event: FromRouter, why: string): void {
    if (event.type !== Code.EVENT) return;
    const row = this.begin('event', this.topicOf(event));
    row?.asks(event);
    row?.lost(why);
  }

  private topicOf({ details: { topic }, subscription }: Event): Uri {
    return typeof topic === 'string' ? topic : this.subscribed(subscription);
  }

  invoked(call: Call, callee: Who, id: Id): WatchedCall | undefined {
    const other = this.parts.other(callee.id);
    const row = this.asked.get(call.request);
    if (!row) return other?.answering(call, this.parts.who, id, this.watchesOf(other));
    for (const watch of this.watchesOf(other)) if (watch.takes('call', call.procedure)) row.add(watch, call);
    row.invoked(callee);
    return row;
  }

  /** The watches of the callee, without those of the caller, which have decided already. */
  private watchesOf(callee: WatchedSession | undefined): readonly Watch[] {
    return callee ? [...callee.watches].filter((watch) => !this.watches.has(watch)) : [];
  }

  invokedBy(call: Call, caller: Who, id: Id): WatchedCall | undefined {
    return this.answering(call, caller, id, this.watches);
  }

  private answering(call: Call, caller: Who, id: Id, watching: Iterable<Watch>): WatchedCall | undefined {
    const row = this.begin('call', call.procedure, caller, 'exact', watching);
    if (!row) return undefined;
    row.isProgressive = call.options.receive_progress === true || isRouter(caller);
    row.asks(call);
    row.invoked(this.parts.who);
    this.answers.set(id, row);
    return {
      ended: (outcome) => {
        this.answers.delete(id);
        row.ended(outcome);
      },
      calleeFailed: () => row.calleeFailed(),
    };
  }

  published(message: Publish, spread: () => Spread): void {
    const asked = this.asked.get(message.request);
    if (message.options.acknowledge !== true) this.asked.delete(message.request);
    if (asked) return asked.spreads(spread());
    if (message.request > 0) return; // nobody wants it
    const testament = this.begin('publish', message.topic);
    testament?.asks(message);
    testament?.spreads(spread());
  }

  dropped(message: Publish, error: Uri, text: string): void {
    this.answered(message.request)?.failed(error, { text });
  }

  unanswered(request: Id): void {
    this.asked.delete(request);
  }

  joined(): void {
    this.begin('join', '')?.done();
  }

  left(reason: Uri): void {
    for (const row of this.asked.values()) row.lost();
    this.asked.clear();
    const row = this.begin('leave', '');
    row?.leaves(reason);
  }

  private ask(kind: ConversationKind, request: Id, uri: Uri, match?: Match): Row | undefined {
    const row = this.begin(kind, uri, this.parts.who, match);
    // A client may use an id again that has no answer yet, except that of a running call.
    this.asked.get(request)?.lost('its request id was used again before the answer');
    if (row) this.asked.set(request, row);
    else this.asked.delete(request);
    return row;
  }

  private answered(request: Id): Row | undefined {
    const row = this.asked.get(request);
    this.asked.delete(request);
    return row;
  }

  /** @returns Undefined: nobody wants it, or there is no room for it. */
  private begin(
    kind: ConversationKind,
    uri: Uri,
    from: Who = this.parts.who,
    match: Match = 'exact',
    watching: Iterable<Watch> = this.watches,
  ): Row | undefined {
    if (OWN.test(uri)) return undefined;
    const { realm, nextRow } = this.parts;
    const watches = new Set<Watch>();
    // Calls between nodes are told at the node of the caller; here only to those who watch this callee.
    const isElsewhere = isRouter(from);
    for (const watch of watching) if ((watch.namesSessions || !isElsewhere) && watch.takes(kind, uri)) watches.add(watch);
    return watches.size === 0 ? undefined : new Row({ row: nextRow(), kind, uri, match, from, realm, watches });
  }

  private subscribed(id: Id): Uri {
    return this.parts.realm.realm.subscriptions.get(id)?.uri ?? '';
  }

  private registered(id: Id): Uri {
    return this.parts.realm.realm.registrations.get(id)?.uri ?? '';
  }
}

function withText({ args, kwargs, carried }: ErrorMessage): Parameters<Row['failed']>[1] {
  const [text] = args ?? argsOf(carried);
  return { args, kwargs, carried, text: typeof text === 'string' ? text : undefined };
}

function argsOf(carried: ErrorMessage['carried']): readonly unknown[] {
  try {
    return carried?.values().args ?? [];
  } catch {
    return []; // it cannot be read
  }
}
