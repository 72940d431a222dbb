/*
 * Events as server-sent events. Each stream is a session with one subscription: it ends when the router ends the session or takes the subscription away, and what the client
 * has not read counts as the queue of that session.
 */
import type { ServerResponse } from 'node:http';
import { type Dict, type Id, oneLine, type Uri } from '../../base/words.ts';
import { Code, type Event } from '../../protocol/messages.ts';
import { Carried } from '../../serializer/formats/carried.ts';
import type { Format } from '../../serializer/formats/format.ts';
import { EVENT_STREAM, openStream, sentEvent } from './answers/answers.ts';
import type { BridgeSession } from './bridge-session.ts';
import { call } from './calls.ts';
import { itemsOf, membersOf } from './requests/json-members.ts';
import { dataOf, type Form } from './requests/payloads.ts';
import { HttpProblem, problemOf } from './requests/problems.ts';

/** The text of an event that goes to many streams is made once. */
export type EventTexts = { readonly [form in Form]: WeakMap<Event, Buffer> };

export interface EventsParts {
  readonly response: ServerResponse;
  readonly topic: Uri;
  readonly options: Dict;
  readonly form: Form;
  /** The publication that the client has seen last. */
  readonly lastId: Id | undefined;
  readonly format: Format;
  readonly texts: EventTexts;
  readonly statuses: ReadonlyMap<Uri, number>;
}

/** A stream that ends with more unread bytes is cut off: nobody would read its end. */
const MAX_UNREAD_AT_END = 2 ** 16;
/** So many heartbeats in which nothing was sent, although something waits, end a stream. */
const MAX_STALLED = 8;
/** What a waiting event takes beside its payload. */
const EVENT_BYTES = 200;

export class EventStream {
  private readonly parts: EventsParts;
  /** Live events that wait until the history is sent; undefined: none wait. */
  private held: Event[] | undefined;
  private heldBytes = 0;
  private sentBytes = 0;
  private stalled = 0;

  constructor(parts: EventsParts) {
    this.parts = parts;
  }

  /** The bytes that the client has not read. */
  get backlog(): number {
    return this.parts.response.writableLength + this.heldBytes;
  }

  /**
   * Subscribes, and sends events until one side ends it.
   *
   * @throws HttpProblem if the router refuses.
   */
  async run(session: BridgeSession): Promise<void> {
    const { response } = this.parts;
    const hungUp = (): void => session.leave();
    response.once('close', hungUp);
    try {
      await session.joined;
      const subscription = await this.subscribe(session);
      const { lastId } = this.parts;
      if (lastId !== undefined) await this.catchUp(session, subscription, lastId);
      await new Promise<void>((resolve) => {
        if (response.destroyed || response.writableFinished) resolve();
        else response.once('close', resolve);
      });
    } catch (error) {
      // The client gets no answer any more.
      if (!response.destroyed) throw error;
    } finally {
      response.off('close', hungUp);
      session.leave();
    }
  }

  /** Ends the stream. The client comes again, if it wants to. */
  end(why: string): void {
    const { response } = this.parts;
    if (response.destroyed || response.writableEnded) return;
    if (!response.headersSent || this.backlog > MAX_UNREAD_AT_END) response.destroy();
    else response.end(`: ${oneLine(why)}\n\n`);
  }

  beat(): void {
    const { response } = this.parts;
    const { socket } = response;
    if (!socket || !response.headersSent) return;
    const sent = socket.bytesWritten - socket.writableLength;
    this.stalled = response.writableLength > 0 && sent === this.sentBytes ? this.stalled + 1 : 0;
    this.sentBytes = sent;
    if (this.stalled >= MAX_STALLED) response.destroy();
    else if (response.writableLength === 0 && !response.writableEnded) response.write(':\n\n');
  }

  /** The stream begins inside the handling of SUBSCRIBED: the next message of the same read may be an EVENT. */
  private subscribe(session: BridgeSession): Promise<Id> {
    const { response, topic, options, statuses, lastId } = this.parts;
    return new Promise((resolve, reject) => {
      session.onEvent = (event) => this.take(event);
      session.onLost = (why) => {
        reject(why);
        if (response.headersSent) this.end(why.message);
      };
      session.ask((request) => ({ type: Code.SUBSCRIBE, request, options: { get_retained: true, ...options }, topic }), {
        reply: (message) => {
          if (message.type === Code.ERROR) return reject(problemOf(message, statuses, session.isAnonymous));
          if (message.type !== Code.SUBSCRIBED || response.destroyed) return reject(new HttpProblem(503, 'the client has hung up'));
          openStream(response, EVENT_STREAM);
          if (lastId !== undefined) this.held = [];
          resolve(message.subscription);
        },
        lost: reject,
      });
    });
  }

  private take(event: Event): void {
    if (!this.held) return this.send(event);
    this.held.push(event);
    this.heldBytes += EVENT_BYTES + (event.carried?.bytes ?? 0);
  }

  private send(event: Event): void {
    const { topic, form, texts } = this.parts;
    let text = texts[form].get(event);
    if (!text) {
      text = sentEvent(event.details.topic ?? topic, dataOf(event.carried, form), event.publication);
      texts[form].set(event, text);
    }
    this.write(text);
  }

  private write(text: Buffer | string): void {
    const { response } = this.parts;
    if (!response.writableEnded && !response.destroyed) response.write(text);
  }

  /** Sends what was missed, and then the events that have come meanwhile. Nothing is sent twice. */
  private async catchUp(session: BridgeSession, subscription: Id, lastId: Id): Promise<void> {
    const seen = new Set([lastId]);
    try {
      await this.sendHistory(session, subscription, lastId, seen);
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      this.comment('no history of this topic is kept, or this user may not read it: events may be missing');
    }
    const { held = [] } = this;
    this.held = undefined;
    this.heldBytes = 0;
    for (const event of held) if (!seen.has(event.publication)) this.take(event);
  }

  private async sendHistory(session: BridgeSession, subscription: Id, lastId: Id, seen: Set<Id>): Promise<void> {
    const { response, format, form, statuses } = this.parts;
    let filter: Dict = { from_publication: lastId };
    for (let isFirst = true; ; isFirst = false) {
      const asked = Carried.of(format, format.encode([subscription]), format.encode(filter));
      const procedure = 'wamp.subscription.get_events';
      const page = await call({
        session,
        client: response,
        procedure,
        options: {},
        carried: asked,
        statuses,
        timeoutMs: undefined,
      });
      if (page === 'gone') return;
      const events = page?.args ? itemsOf(page.args) : [];
      let last = lastId;
      for (const [i, event] of events.entries()) {
        const { publication, topic, carried } = this.past(event);
        if (isFirst && i === 0 && publication !== lastId)
          this.comment('the history does not go back so far: events may be missing');
        last = publication;
        if (seen.has(publication)) continue;
        seen.add(publication);
        this.write(sentEvent(topic, dataOf(carried, form), publication));
      }
      if (page?.kwargs === undefined || events.length === 0) return; // is_limit_reached is the only keyword
      filter = { after_publication: last };
      await this.drained();
    }
  }

  private past(event: Uint8Array): { readonly publication: Id; readonly topic: Uri; readonly carried: Carried | undefined } {
    const { format, topic } = this.parts;
    const members = membersOf(event);
    const details = members.get('details');
    const own = details && format.kind(details) === 'dict' ? membersOf(details).get('topic') : undefined;
    return {
      publication: Number(format.value(members.get('publication') ?? Buffer.from('0'))),
      topic: own ? String(format.value(own)) : topic,
      carried: Carried.of(format, members.get('args'), members.get('kwargs')),
    };
  }

  private comment(text: string): void {
    this.write(`: ${text}\n\n`);
  }

  private drained(): Promise<void> {
    const { response } = this.parts;
    if (!response.writableNeedDrain || response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }
}

/** All streams of a bridge, with one timer. */
export class EventStreams {
  private readonly heartbeatMs: number;
  private readonly streams = new Set<EventStream>();
  private timer: NodeJS.Timeout | undefined;

  constructor(heartbeatMs: number) {
    this.heartbeatMs = heartbeatMs;
  }

  async run(stream: EventStream, session: BridgeSession): Promise<void> {
    this.streams.add(stream);
    this.timer ??= setInterval(() => {
      for (const each of this.streams) each.beat();
    }, this.heartbeatMs).unref();
    try {
      await stream.run(session);
    } finally {
      this.streams.delete(stream);
      if (this.streams.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    }
  }

  close(): void {
    for (const stream of this.streams) stream.end('the router does not listen any more');
  }
}
