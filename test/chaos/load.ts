/*
 * What the workers do all day, all of it under watch: calls of every kind, events, streams, subscriptions that come and go. What they do
 * is drawn by the seed, when they do it is up to the machine.
 */
import {
  ApplicationError,
  type CallOptions,
  ConnectionLostError,
  callStream,
  events,
  type Session,
  TimeoutError,
  WampError,
} from 'autostrada';
import type { Random } from '../fuzz/random.ts';
import type { Ledger, Policy, Published } from './ledger.ts';
import { topics, type Worker } from './worker.ts';

/** How many things a worker has under way at once. */
const MAX_UNDER_WAY = 20;
/** So often it begins another, on the average. */
const PACE_MS = 40;

const abortReason = new Error('the caller changed its mind');

/** What a call under faults may well be answered with. */
const usual: ReadonlySet<string> = new Set([
  'wamp.error.canceled',
  'wamp.error.no_such_procedure',
  'wamp.error.timeout',
  'wamp.error.network_failure',
  'com.example.error.as_asked',
]);

export class Load {
  private readonly worker: Worker;
  private readonly others: readonly Worker[];
  private readonly ledger: Ledger;
  private readonly random: Random;
  private underWay = 0;
  private timer: NodeJS.Timeout | undefined;
  private stopStream: (() => Promise<unknown>) | undefined;

  constructor(worker: Worker, others: readonly Worker[], ledger: Ledger, random: Random) {
    this.worker = worker;
    this.others = others;
    this.ledger = ledger;
    this.random = random;
  }

  start(): void {
    this.stopStream = this.stream();
    const next = (): void => {
      this.timer = setTimeout(next, this.random.below(2 * PACE_MS));
      if (this.underWay < MAX_UNDER_WAY) this.act();
    };
    next();
  }

  /** Begins nothing more. */
  stop(): void {
    clearTimeout(this.timer);
    void this.stopStream?.();
  }

  private act(): void {
    const { random } = this;
    const acts: readonly (readonly [number, () => Promise<unknown>])[] = [
      [30, () => this.call()],
      [8, () => this.progressive()],
      [6, () => this.streamed()],
      [6, () => this.inputs()],
      [25, () => this.acknowledged()],
      [15, () => this.unacknowledged()],
      [4, () => this.within()],
      [3, () => this.comeAndGo()],
      [2, () => this.visit()],
      [1, async () => this.worker.connection.reconnect()],
    ];
    let at = random.below(acts.reduce((sum, [weight]) => sum + weight, 0));
    const [, act] = acts.find(([weight]) => {
      at -= weight;
      return at < 0;
    }) ?? [0, () => Promise.resolve()];
    this.underWay++;
    const done = (): void => {
      this.underWay--;
    };
    act().then(done, (error: unknown) => {
      done();
      if (!isUsual(error)) this.wrong(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`);
    });
  }

  private async call(): Promise<void> {
    const { random } = this;
    const name = random.pick(['echo', 'echo', 'slow', 'slow', 'fail'] as const);
    const id = this.ledger.newId();
    const answer = await this.begin(id, name, [id, random.below(150)], this.options());
    if (name === 'fail' || answer !== id) this.wrong(`${name} ${id} was answered with ${String(answer)}`);
  }

  private async progressive(): Promise<void> {
    const id = this.ledger.newId();
    const count = 1 + this.random.below(10);
    const got: unknown[] = [];
    const options = this.options();
    const onProgress = (value: unknown): void => void got.push(value);
    const answer = await this.begin(id, 'count', [id, count], { ...options, onProgress });
    if (answer !== id) this.wrong(`count ${id} was answered with ${String(answer)}`);
    // Sent again it counts from the start.
    if (options.retryOnLoss !== 'unknown' && got.join() !== Array.from({ length: count }, (_, i) => i).join())
      this.wrong(`count ${id} up to ${count} made progress by ${got.join()}`);
  }

  private async streamed(): Promise<void> {
    const { random, ledger } = this;
    const id = ledger.newId();
    const count = 1 + random.below(10);
    const leaveAt = random.chance(0.3) ? random.below(count) : count;
    ledger.tally.streams++;
    const stream = callStream<number, number>(this.worker.connection, this.procedure('count'), [id, count], null, {
      retryOnLoss: 'never',
    });
    ledger.called(id, 'never', ledger.watch(`result of a stream ${id}`, stream.result));
    let next = 0;
    const read = async (): Promise<void> => {
      for await (const value of stream) {
        if (value !== next) this.wrong(`stream ${id} gave ${value} in place of ${next}`);
        next++;
        if (value === leaveAt) return;
      }
      if (next !== count) this.wrong(`stream ${id} ended after ${next} of ${count}`);
    };
    await ledger.watch(`stream ${id}`, read());
  }

  private async inputs(): Promise<void> {
    const { random } = this;
    const id = this.ledger.newId();
    const list = Array.from({ length: random.below(8) }, () => random.below(100));
    async function* inputsFrom() {
      for (const input of list) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        yield input;
      }
    }
    const answer = await this.begin(id, 'sum', [id], { ...this.options(), inputsFrom: inputsFrom() });
    const sum = list.reduce((all, input) => all + input, id);
    if (answer !== sum) this.wrong(`sum ${id} was answered with ${String(answer)} in place of ${sum}`);
  }

  /** In the session, and over with it. */
  private async within(): Promise<void> {
    const { session } = this.worker.connection;
    if (!session) return;
    const { ledger } = this;
    const id = ledger.newId();
    const call = session.call(this.procedure('echo'), [id]);
    ledger.called(id, 'never', ledger.watch(`session.call ${id}`, call));
    await Promise.all([call, ledger.watch(`rtt() ${id}`, session.rtt()), this.briefly(session, id)]);
  }

  private async briefly(session: Session, id: number): Promise<void> {
    const { ledger } = this;
    const topic = `chaos.brief.${id}`;
    const subscription = await ledger.watch(
      `session.subscribe ${id}`,
      session.subscribe(topic, () => {}),
    );
    await ledger.watch(`session publish ${id}`, session.publish(topic, [id], null, { acknowledge: true }));
    await ledger.watch(`subscription.unsubscribe ${id}`, subscription.unsubscribe());
  }

  /** Durable ones that are soon given up, wherever they stand by then. */
  private async comeAndGo(): Promise<void> {
    const { connection, name } = this.worker;
    const { ledger, random } = this;
    const id = ledger.newId();
    const subscription = connection.subscribe(`chaos.brief.${name}`, () => {});
    const registration = connection.register(`chaos.brief.${name}.${id}`, () => id);
    await new Promise((resolve) => setTimeout(resolve, random.below(300)));
    await Promise.all([
      ledger.watch(`unsubscribe ${id}`, subscription.unsubscribe()),
      ledger.watch(`unregister ${id}`, registration.unregister()),
    ]);
  }

  /** Somebody who comes by the same way, does one thing, and goes. */
  private async visit(): Promise<void> {
    const { ledger, random } = this;
    const id = ledger.newId();
    const visitor = this.worker.newConnection();
    visitor.on('error', () => {}); // all is told by promises here
    const handle = visitor.subscribe('chaos.brief.visit', () => {});
    const ready = ledger.watch(`ready of visitor ${id}`, handle.ready);
    const opened = ledger.watch(`open() of visitor ${id}`, visitor.open({ timeoutMs: 100 + random.below(1000) }));
    const call = ledger.watch(`call of visitor ${id}`, visitor.call(this.procedure('echo'), [id]));
    ledger.called(id, 'not-sent', call);
    const leaving = setTimeout(() => {
      ledger.watch(`close() of visitor ${id}`, visitor.close()).catch((error: unknown) => this.wrong(`close(): ${String(error)}`));
    }, random.below(2000));
    const outcomes = await Promise.allSettled([ready, opened, call]);
    clearTimeout(leaving);
    await ledger.watch(`close() of visitor ${id}`, visitor.close());
    await ledger.watch(`closed of visitor ${id}`, visitor.closed);
    // What breaks a first attempt may be its end, be it a broken protocol.
    for (const outcome of outcomes)
      if (outcome.status === 'rejected' && !(outcome.reason instanceof WampError)) throw outcome.reason;
  }

  private async acknowledged(): Promise<void> {
    const { ledger, random } = this;
    const policy = random.pick(['never', 'not-sent', 'unknown'] as const);
    const event = this.event(policy === 'unknown');
    const timeoutMs = random.chance(0.2) ? 20 + random.below(500) : undefined;
    const whenOffline = random.chance(0.2) ? 'fail' : 'wait';
    const options = { acknowledge: true, exclude_me: !event.isForAll, retryOnLoss: policy, timeoutMs, whenOffline } as const;
    const { connection } = this.worker;
    await ledger.watch(`publish ${event.id} (${policy})`, connection.publish(event.topic, [event.id], this.padding(), options));
    ledger.acknowledged(event.id);
  }

  private async unacknowledged(): Promise<void> {
    const event = this.event(false);
    const whenOffline = this.random.pick(['drop', 'wait'] as const);
    this.worker.connection.publish(event.topic, [event.id], this.padding(), { exclude_me: !event.isForAll, whenOffline });
  }

  /** All news, as long as the load goes on. */
  private stream(): () => Promise<unknown> {
    this.ledger.tally.streams++;
    const stream = events(this.worker.connection, 'chaos.news', { maxBuffered: 10_000 });
    const read = async (): Promise<void> => {
      for await (const { args } of stream) if (typeof args[0] !== 'number') this.wrong(`events() gave ${String(args[0])}`);
    };
    this.ledger
      .watch(`events() of ${this.worker.name}`, read())
      .catch((error: unknown) => this.wrong(`events(): ${String(error)}`));
    return () => this.ledger.watch(`leaving events() of ${this.worker.name}`, Promise.resolve(stream.return?.()));
  }

  private begin(
    id: number,
    name: 'echo' | 'slow' | 'count' | 'sum' | 'fail',
    args: readonly unknown[],
    options: CallOptions & { readonly retryOnLoss: Policy },
  ): Promise<unknown> {
    const { ledger, worker } = this;
    const call = worker.connection.call(this.procedure(name), args, this.padding(), options);
    const policy = options.inputsFrom ? 'not-sent' : options.retryOnLoss;
    ledger.called(id, policy, ledger.watch(`${name} ${id} (${policy})`, call));
    return call;
  }

  private procedure(name: string): string {
    return `chaos.${this.random.pick(this.others).name}.${name}`;
  }

  private options(): CallOptions & { readonly retryOnLoss: Policy } {
    const { random } = this;
    let signal: AbortSignal | undefined;
    if (random.chance(0.15)) {
      const controller = new AbortController();
      signal = controller.signal;
      setTimeout(() => controller.abort(abortReason), random.below(100));
    }
    return {
      retryOnLoss: random.pick(['never', 'not-sent', 'unknown']),
      timeoutMs: random.chance(0.25) ? 20 + random.below(500) : undefined,
      whenOffline: random.chance(0.2) ? 'fail' : 'wait',
      cancelMode: random.pick(['skip', 'kill', 'killnowait']),
      signal,
    };
  }

  private event(isRepeatable: boolean): Published {
    const { worker, random, ledger } = this;
    const event: Published = {
      id: ledger.newId(),
      topic: random.pick(topics),
      publisher: worker.name,
      session: worker.connection.session?.id,
      isRepeatable,
      isForAll: random.chance(0.5),
      sentAt: performance.now(),
    };
    ledger.published(event);
    return event;
  }

  /** So that frames have a middle to be cut in. */
  private padding(): object | null {
    return this.random.chance(0.2) ? { pad: 'x'.repeat(this.random.below(3000)) } : null;
  }

  private wrong(what: string): void {
    this.ledger.violate('wrong answers, orders and errors', `${this.worker.name}: ${what}`);
  }
}

function isUsual(error: unknown): boolean {
  if (error === abortReason || error instanceof TimeoutError || error instanceof ConnectionLostError) return true;
  return error instanceof ApplicationError && usual.has(error.uri);
}
