/*
 * What each honest session does, and what it is promised: every call is answered within the bound, rightly and in order; every event comes
 * within the bound, once and in order. Who opens lines, and looks whether they last, is honest.ts.
 */

import { CALL, CANCEL, Code, PUBLISH, REGISTER, SUBSCRIBE, YIELD } from '../fixtures/messages.ts';
import type { Format } from './formats.ts';
import type { List } from './peer.ts';

export interface Line {
  ended: string | undefined;
  readonly session: number | undefined;
  send(...lists: readonly List[]): void;
  destroy(): void;
}

export interface House {
  readonly secret: string;
  readonly boundMs: number;
  readonly tally: { calls: number; events: number; heard: number };
  /** Nothing new is begun. */
  readonly isResting: boolean;
  waited(ms: number): void;
  violate(invariant: string, what: string): void;
}

export interface Role {
  readonly name: string;
  readonly isBusy: boolean;
  begin(line: Line): void;
  message(list: List): void;
  /** Its line is gone. */
  lost(): void;
}

/** Between two steps of one session. */
const PACE_MS = 30;

abstract class Paced implements Role {
  readonly name: string;
  protected readonly house: House;
  protected line: Line | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(house: House, name: string) {
    this.house = house;
    this.name = name;
  }

  abstract get isBusy(): boolean;
  abstract message(list: List): void;
  protected abstract step(line: Line): void;

  begin(line: Line): void {
    this.line = line;
    this.timer = setInterval(() => this.step(line), PACE_MS);
  }

  lost(): void {
    this.line = undefined;
    clearInterval(this.timer);
  }

  protected violate(what: string): void {
    this.house.violate('wrong answers and orders', `${this.name}: ${what}`);
  }
}

export class Callee implements Role {
  readonly name = 'callee';
  readonly isBusy = false;
  liesOnce = false;
  private readonly house: House;
  private line: Line | undefined;

  constructor(house: House) {
    this.house = house;
  }

  begin(line: Line): void {
    this.line = line;
    line.send(REGISTER(1, {}, 'honest.echo'));
  }

  message(list: List): void {
    if (list[0] === Code.INVOCATION) {
      const args = this.liesOnce ? ['a lie'] : list[4];
      this.liesOnce = false;
      this.line?.send([Code.YIELD, list[1], {}, args]);
    } else if (list[0] !== Code.REGISTERED && list[0] !== Code.INTERRUPT)
      this.house.violate('wrong answers and orders', `callee got ${short(list)}`);
  }

  lost(): void {
    this.line = undefined;
  }
}

/** Two calls at a time, in one write: so order is seen. */
export class Caller extends Paced {
  private readonly most: number;
  private readonly pending = new Map<number, { readonly at: number; isLate: boolean }>();
  private last = 0;

  constructor(house: House, name: string, most: number = Number.POSITIVE_INFINITY) {
    super(house, name);
    this.most = most;
  }

  get isBusy(): boolean {
    return this.pending.size > 0;
  }

  get isDone(): boolean {
    return this.last >= this.most && !this.isBusy;
  }

  override begin(line: Line): void {
    super.begin(line);
    this.step(line);
  }

  override lost(): void {
    super.lost();
    this.pending.clear();
    this.last = 0;
  }

  message([type, request, , args, ...rest]: List): void {
    const [next] = this.pending.keys();
    const expected = JSON.stringify([this.house.secret, next]);
    if (type !== Code.RESULT || request !== next || JSON.stringify(args) !== expected)
      this.violate(`expected the result of call ${next}, got ${short([type, request, args, ...rest])}`);
    const answered = typeof request === 'number' ? this.pending.get(request) : undefined;
    if (!answered) return;
    this.pending.delete(Number(request));
    this.house.tally.calls++;
    this.house.waited(performance.now() - answered.at);
  }

  protected step(line: Line): void {
    const now = performance.now();
    for (const [request, call] of this.pending) {
      if (call.isLate || now - call.at < this.house.boundMs) continue;
      call.isLate = true;
      this.house.violate(
        'honest calls answered late or never',
        `${this.name}: no answer to call ${request} in ${this.house.boundMs} ms`,
      );
    }
    if (this.pending.size > 0 || this.house.isResting || this.last >= this.most) return;
    const calls: List[] = [];
    while (calls.length < 2 && this.last < this.most) {
      this.last++;
      this.pending.set(this.last, { at: now, isLate: false });
      calls.push(CALL(this.last, {}, 'honest.echo', [this.house.secret, this.last]));
    }
    line.send(...calls);
  }
}

/** What was published, and when: publisher and subscribers share it. */
export class News {
  readonly sentAt = new Map<number, number>();
  last = 0;

  publish(): number {
    this.last++;
    this.sentAt.set(this.last, performance.now());
    this.sentAt.delete(this.last - 1000);
    return this.last;
  }
}

export class Publisher extends Paced {
  private readonly news: News;
  private request = 0;
  private pendingSince: number | undefined;

  constructor(house: House, news: News) {
    super(house, 'publisher');
    this.news = news;
  }

  get isBusy(): boolean {
    return this.pendingSince !== undefined;
  }

  override lost(): void {
    super.lost();
    this.request = 0;
    this.pendingSince = undefined;
  }

  message(list: List): void {
    if (list[0] !== Code.PUBLISHED || list[1] !== this.request)
      this.violate(`expected PUBLISHED of ${this.request}, got ${short(list)}`);
    if (this.pendingSince !== undefined) this.house.waited(performance.now() - this.pendingSince);
    this.pendingSince = undefined;
  }

  protected step(line: Line): void {
    if (this.pendingSince !== undefined || this.house.isResting) return;
    this.pendingSince = performance.now();
    this.request++;
    line.send(PUBLISH(this.request, { acknowledge: true }, 'honest.news', [this.house.secret, this.news.publish()]));
  }
}

export class Subscriber extends Paced {
  private readonly news: News;
  /** The last event that came; undefined: it is not subscribed yet. */
  private heard: number | undefined;
  private late = 0;

  constructor(house: House, news: News, name: string) {
    super(house, name);
    this.news = news;
  }

  get isBusy(): boolean {
    return this.heard !== undefined && this.heard < this.news.last;
  }

  override begin(line: Line): void {
    super.begin(line);
    line.send(SUBSCRIBE(1, {}, 'honest.news'));
  }

  override lost(): void {
    super.lost();
    this.heard = undefined;
  }

  message(list: List): void {
    if (list[0] === Code.SUBSCRIBED) return;
    const [type, , , , args] = list;
    const [, number] = Array.isArray(args) ? args : [];
    if (type !== Code.EVENT || typeof number !== 'number' || (this.heard !== undefined && number !== this.heard + 1))
      return this.violate(`expected event ${this.heard}, got ${short(list)}`);
    this.heard = number;
    this.house.tally.events++;
    const sentAt = this.news.sentAt.get(number);
    if (sentAt !== undefined) this.house.waited(performance.now() - sentAt);
  }

  protected step(): void {
    const next = (this.heard ?? Number.POSITIVE_INFINITY) + 1;
    const sentAt = this.news.sentAt.get(next);
    if (sentAt === undefined || next <= this.late || performance.now() - sentAt < this.house.boundMs) return;
    this.late = next;
    this.house.violate(
      'honest calls answered late or never',
      `${this.name}: event ${next} has not come in ${this.house.boundMs} ms`,
    );
  }
}

/** Hears what attackers publish, calls what they serve and is called by them. Whatever they say, the session lives. */
export class Bystander extends Paced {
  private request = 0;
  private call: { readonly request: number; readonly at: number; isCancelled: boolean; isLate: boolean } | undefined;
  private steps = 0;

  constructor(house: House, format: Format) {
    super(house, `${format} bystander`);
  }

  get isBusy(): boolean {
    return this.call !== undefined;
  }

  override begin(line: Line): void {
    super.begin(line);
    this.request = 2;
    line.send(SUBSCRIBE(1, { match: 'prefix' }, 'attack.heard.'), REGISTER(2, { invoke: 'roundrobin' }, 'attack.bystander'));
  }

  override lost(): void {
    super.lost();
    this.call = undefined;
  }

  message(list: List): void {
    const [type, request, asked] = list;
    if (type === Code.EVENT) this.house.tally.heard++;
    else if (type === Code.INVOCATION) this.line?.send(YIELD(request, {}, [1]));
    else if (type === Code.RESULT || (type === Code.ERROR && request === 48)) {
      const answers = type === Code.RESULT ? request : asked;
      const details = asked instanceof Map ? Object.fromEntries(asked) : asked;
      const isProgress = type === Code.RESULT && (details as { progress?: unknown })?.progress === true;
      if (answers !== this.call?.request) this.violate(`an answer to call ${answers}, which is not under way`);
      else if (!isProgress) this.call = undefined;
    } else if (![33, 65, 69].includes(Number(type))) this.violate(`got ${short(list)}`);
  }

  protected step(line: Line): void {
    this.steps++;
    const now = performance.now();
    if (this.call) {
      const age = now - this.call.at;
      if (age > 500 && !this.call.isCancelled) {
        this.call.isCancelled = true;
        line.send(CANCEL(this.call.request, { mode: 'killnowait' }));
      }
      if (age > this.house.boundMs + 500 && !this.call.isLate) {
        this.call.isLate = true;
        this.house.violate('honest calls answered late or never', `${this.name}: a cancelled call has no answer`);
      }
    } else if (this.steps % 8 === 0 && !this.house.isResting) {
      this.request++;
      this.call = { request: this.request, at: now, isCancelled: false, isLate: false };
      line.send(CALL(this.request, { receive_progress: true }, 'attack.served', [this.request]));
    }
  }
}

function short(value: unknown): string {
  return JSON.stringify(value, (_, part) => (part instanceof Map ? [...part] : part))?.slice(0, 200);
}
