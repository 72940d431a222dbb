/*
 * A campaign: clients at work, faults by the seed, and in between calm moments in which everything has to be as it was. Round 0 warms up:
 * its end is what the heap is compared with.
 */
import type { Connection } from 'autostrada';
import { Random } from '../fuzz/random.ts';
import { type Fault, faultOf, kinds, type What } from './faults.ts';
import { oversize, poison } from './foreign.ts';
import { type Invariant, invariants, Ledger } from './ledger.ts';
import { Load } from './load.ts';
import { heapUsed, isBack } from './memory.ts';
import { drainAmidCalls } from './rolling.ts';
import { RouterProcess } from './router-process.ts';
import { endpoints, topics, Worker } from './worker.ts';

const HOUR_MS = 3_600_000;

export interface CampaignOptions {
  readonly seed: number;
  readonly workers: number;
  /** How long a calm may take to come about. */
  readonly calmMs: number;
  /** Told of each violation at once. */
  readonly tell: (text: string) => void;
}

export class Campaign {
  readonly ledger: Ledger;
  readonly workers: readonly Worker[];
  /** For tests of this one: runs in the calm, before anything is looked at. */
  sabotage: (() => unknown) | undefined;
  private readonly options: CampaignOptions;
  private readonly router: RouterProcess;
  private readonly loads: readonly Load[];
  private readonly faults = new Map<What['kind'], number>();
  private readonly since = performance.now();
  private readonly unhandled: (error: unknown) => void;
  private next = 0;
  private restarting: Promise<void> | undefined;
  private restarts = 0;
  private heapAtStart: number | undefined;
  private heapNow = 0;

  private constructor(options: CampaignOptions, router: RouterProcess, workers: readonly Worker[], ledger: Ledger) {
    this.options = options;
    this.router = router;
    this.workers = workers;
    this.ledger = ledger;
    this.loads = workers.map((worker, i) => new Load(worker, workers, ledger, new Random(options.seed, -1000 - i)));
    for (const { proxy } of workers) proxy.onFault = (kind) => this.count(kind);
    this.unhandled = (error) => ledger.violate('unhandled rejections', error instanceof Error ? `${error.stack}` : String(error));
    process.on('unhandledRejection', this.unhandled);
  }

  static async open(options: CampaignOptions): Promise<Campaign> {
    const router = await RouterProcess.start();
    const ledger = new Ledger((invariant, what) => options.tell(`VIOLATED (seed ${options.seed}): ${invariant}: ${what}`));
    const indices = Array.from({ length: options.workers }, (_, index) => index);
    const start = (index: number): Promise<Worker> =>
      Worker.start({ index, seed: options.seed, routerPort: () => router.port, ledger });
    const campaign = new Campaign(options, router, await Promise.all(indices.map(start)), ledger);
    // Without an event there is no place in history, and with clocks that jump no time, either.
    await campaign.workers[0]?.connection.publish('chaos.kept', [0], null, { acknowledge: true, exclude_me: false });
    return campaign;
  }

  get faultCount(): number {
    return [...this.faults.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @param count - How many faults. @param deadline - Or until then, of `performance.now()`. */
  async round(count: number, deadline: number = Number.POSITIVE_INFINITY): Promise<void> {
    for (const load of this.loads) load.start();
    const enough = this.faultCount + count;
    while (this.faultCount < enough && performance.now() < deadline) {
      const fault = faultOf(this.options.seed, this.next);
      this.next++;
      await sleep(fault.afterMs);
      this.strike(fault);
    }
    for (const load of this.loads) load.stop();
    await this.calm();
  }

  async close(): Promise<void> {
    for (const worker of this.workers) await this.ledger.watch(`${worker.name}.close()`, worker.close());
    await this.router.end();
    process.off('unhandledRejection', this.unhandled);
    this.ledger.close();
    for (const { name, clock } of this.workers) {
      if (clock.pending > 0) this.ledger.violate('promises not settled', `${clock.pending} timers of ${name} after close()`);
    }
  }

  /** @param leave - How the callee goes; by default it drains. */
  drain(leave?: (connection: Connection) => Promise<unknown>): Promise<void> {
    const { restarts } = this;
    const run = drainAmidCalls(`ws://127.0.0.1:${this.router.port}/ws`, this.ledger, () => this.restarts !== restarts, leave);
    return this.ledger.watch('a drain amid calls', run);
  }

  violations(): Partial<Record<Invariant, number>> {
    const found = invariants.map((invariant) => [invariant, this.ledger.violations(invariant)] as const);
    return Object.fromEntries(found.filter(([, count]) => count > 0));
  }

  report(): string {
    const { calls, answered, published, acknowledged, events, streams, poisoned, drained } = this.ledger.tally;
    const reconnects = this.workers.reduce((sum, worker) => sum + worker.connection.stats().reconnects, 0);
    const grown = (this.heapNow - (this.heapAtStart ?? this.heapNow)) / 1e6;
    return [
      `chaos, seed ${this.options.seed}: ${this.faultCount} faults in ${Math.round((performance.now() - this.since) / 1000)} s`,
      ...kinds.map((kind) => `  ${String(this.faults.get(kind) ?? 0).padStart(7)} ${kind}`),
      `${reconnects} reconnects of ${this.workers.length} clients, ${calls} calls (${answered} answered), ${streams} streams`,
      `${published} events published (${acknowledged} acknowledged), ${events} received, ${poisoned} of a foreign peer`,
      `${drained} calls while callees drained`,
      `heap ${(this.heapNow / 1e6).toFixed(1)} MB, ${grown < 0 ? '' : '+'}${grown.toFixed(1)} MB since the warm-up`,
      'violations:',
      ...invariants.map((invariant) => `  ${String(this.ledger.violations(invariant)).padStart(7)} ${invariant}`),
    ].join('\n');
  }

  private strike({ victim, what }: Fault): void {
    const worker = this.workers[victim % this.workers.length];
    if (!worker) return;
    switch (what.kind) {
      case 'unreachable':
        worker.proxy.refuse(what.ms);
        return this.count(what.kind);
      case 'goodbye':
        return this.kill(worker, what.kind, { reason: what.reason });
      case 'kill':
        return this.kill(worker, what.kind, {});
      case 'abort':
        this.router.refuse(worker.name, what.times);
        worker.proxy.fault({ kind: 'reset' });
        return this.count(what.kind, 'reset');
      case 'sleep':
        if (what.line === 'reset') worker.proxy.fault({ kind: 'reset' });
        if (what.line === 'half-open') worker.proxy.fault({ kind: 'half-open', directions: ['up', 'down'], ghostMs: 300 });
        worker.clock.jump(what.ms, what.areTimersDue);
        return this.count(what.kind, what.line === 'alive' ? undefined : what.line);
      case 'clock set':
        worker.clock.set(what.ms);
        return this.count(what.kind);
      case 'poison':
        if (this.restarting) return;
        this.count(what.kind);
        return void this.ledger.watch('poison', poison(this.router.port, this.workers));
      case 'oversize':
        this.count(what.kind);
        return void this.ledger.watch('oversize', oversize(this.ledger, this.nextTo(worker).connection, worker));
      case 'drain':
        if (this.restarting) return;
        this.count(what.kind);
        return void this.drain();
      case 'router killed':
      case 'router shut down':
        if (this.restarting) return;
        this.restarts++;
        this.restarting = this.router.restart(what.kind === 'router killed' ? 'SIGKILL' : 'shut down', what.downMs).finally(() => {
          this.restarting = undefined;
          this.ledger.restarts.push(performance.now());
        });
        return this.count(what.kind);
      default:
        worker.proxy.fault(what);
    }
  }

  /** By the meta API, asked for by the next worker: the router's answer is a GOODBYE to the victim. */
  private kill(victim: Worker, kind: 'goodbye' | 'kill', kwargs: { readonly reason?: string }): void {
    const by = this.nextTo(victim);
    const session = victim.connection.session?.id;
    if (session === undefined) return;
    const call = by.connection.call('wamp.session.kill', [session], kwargs, { whenOffline: 'fail', timeoutMs: 1000 });
    this.ledger.watch(`wamp.session.kill of ${victim.name}`, call).then(
      () => this.count(kind),
      () => {}, // it was gone, or the one who asked
    );
  }

  private nextTo(worker: Worker): Worker {
    const { workers } = this;
    return workers[(workers.indexOf(worker) + 1) % workers.length] ?? worker;
  }

  /** @param part - A line's fault that belongs to it, and is counted by the proxy: one fault is one. */
  private count(kind: What['kind'], part?: What['kind']): void {
    this.faults.set(kind, (this.faults.get(kind) ?? 0) + 1);
    if (part) this.faults.set(part, (this.faults.get(part) ?? 0) - 1);
  }

  /** All is as it was, or told. */
  private async calm(): Promise<void> {
    await this.restarting;
    const { workers, ledger, router } = this;
    for (const { proxy } of workers) proxy.heal();
    for (const { name } of workers) router.refuse(name, 0);
    // Each step has time of its own, so that what is wrong in one is not told by the next.
    const soon = (): number => performance.now() + this.options.calmMs;
    await until(soon(), () => ledger.open === 0 && workers.every(({ isWhole }) => isWhole));
    await this.sabotage?.();
    const deadline = soon();
    await Promise.all([...workers.map((worker) => this.tryRegistrations(worker, deadline)), this.trySubscriptions(deadline)]);
    await this.tryForeign(soon());
    await this.tryClocks(soon());
    await this.lookForLeftovers(soon());
    ledger.close();
    await this.weigh();
  }

  private async tryRegistrations(callee: Worker, deadline: number): Promise<void> {
    const { ledger } = this;
    const caller = this.nextTo(callee);
    for (const name of endpoints) {
      const works = (): Promise<boolean> => {
        const id = ledger.newId();
        const call = caller.connection.call(`chaos.${callee.name}.${name}`, [id, 0], null, { timeoutMs: 2000 });
        ledger.called(id, 'not-sent', call);
        return call.then(
          (answer) => answer === id,
          (error: unknown) => name === 'fail' && String(error).includes('as_asked'),
        );
      };
      if (await until(deadline, works)) continue;
      const { state, error } = callee.registrations[endpoints.indexOf(name)] ?? {};
      ledger.violate('registrations missing', `${name} of ${callee.name}, which is ${state} ${error ?? ''}`);
    }
  }

  private async trySubscriptions(deadline: number): Promise<void> {
    const { ledger, workers } = this;
    for (const topic of topics) {
      const missing = new Set(workers.flatMap(({ subscriptions }) => subscriptions.filter(({ watched }) => watched.takes(topic))));
      await until(deadline, async () => {
        const [publisher] = workers;
        const event = { id: ledger.newId(), topic, publisher: 'calm', session: undefined, isRepeatable: false, isForAll: true };
        ledger.published({ ...event, sentAt: performance.now() });
        const options = { acknowledge: true, exclude_me: false, timeoutMs: 2000 } as const;
        await publisher?.connection.publish(topic, [event.id], null, options).catch(() => {});
        await until(Math.min(deadline, performance.now() + 1000), () => {
          for (const handle of missing) if (handle.watched.has(event.id)) missing.delete(handle);
          return missing.size === 0;
        });
        return missing.size === 0;
      });
      for (const { watched, state, error } of missing)
        ledger.violate('subscriptions missing', `${watched.name} does not get ${topic}; it is ${state} ${error ?? ''}`);
    }
  }

  private get sessions(): string {
    return this.workers.map(({ connection }) => connection.session?.id ?? 'none').join();
  }

  /** A clock on the wall that somebody sets costs nobody his session. A slow line may: so it is tried more than once. */
  private async tryClocks(deadline: number): Promise<void> {
    const isHarmless = await until(deadline, async () => {
      const before = this.sessions;
      for (const ms of [HOUR_MS, -2 * HOUR_MS, HOUR_MS]) {
        for (const { clock } of this.workers) clock.set(ms);
        await sleep(30);
      }
      return this.sessions === before;
    });
    if (!isHarmless) this.ledger.violate('sessions lost by a clock that was set', 'each time that it was');
  }

  /** What others send costs nobody his session. A line that is slow beside it may: so it is tried more than once. */
  private async tryForeign(deadline: number): Promise<void> {
    const { workers, ledger, router } = this;
    const isHarmless = await until(deadline, async () => {
      const before = this.sessions;
      await poison(router.port, workers);
      for (const worker of workers) await oversize(ledger, this.nextTo(worker).connection, worker);
      return this.sessions === before;
    });
    if (!isHarmless) ledger.violate('sessions lost by what others send', 'each time that they sent it');
  }

  /** What came and went is gone, and who was cut off is no ghost any more. */
  private async lookForLeftovers(deadline: number): Promise<void> {
    const { workers, router, ledger } = this;
    const expected = {
      sessions: workers.length,
      registrations: workers.length * endpoints.length,
      subscriptions: topics.length + 1, // and that of the poison
      calls: 0,
    };
    let found: Partial<Record<keyof typeof expected, number>> = {};
    const isClean = await until(deadline, async () => {
      const { sessions, registrations, subscriptions, calls } = await router.stats();
      found = { sessions, registrations, subscriptions, calls };
      return Object.values(found).every((count, i) => count <= (Object.values(expected)[i] ?? 0));
    });
    const text = `expected at most ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`;
    if (!isClean) ledger.violate('handles left over at the router', text);
  }

  /** What the heap is compared with from here on: the ledger of many rounds weighs something itself. */
  async weighAnew(): Promise<void> {
    this.heapAtStart = await heapUsed();
  }

  private async weigh(): Promise<void> {
    this.heapNow = await heapUsed();
    this.heapAtStart ??= this.heapNow;
    if (isBack(this.heapNow, this.heapAtStart)) return;
    this.ledger.violate('heap grown', `from ${this.heapAtStart} to ${this.heapNow} bytes`);
  }
}

/** Whether it has come true until then. */
async function until(deadline: number, what: () => boolean | Promise<boolean>): Promise<boolean> {
  for (;;) {
    if (await what()) return true;
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
