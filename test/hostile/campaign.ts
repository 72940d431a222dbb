/*
 * A campaign: a router, honest sessions beside it, and rounds of attacks, several at a time. A round plays every attack of the catalogue
 * once, in an order of the seed; after it comes a calm, in which the attackers' lines are cut and everything must be as it was. Round 0
 * warms up: its end is what the memory is compared with.
 */
import { randomBytes } from 'node:crypto';
import type { RouterStats } from 'autostrada/router';
import { Random } from '../fuzz/random.ts';
import { Arena, type Attack, sleep } from './arena.ts';
import { catalogue } from './catalogue.ts';
import { Child } from './child.ts';
import { BOUND_MS, type Invariant, invariants, MOST_BYTES } from './invariants.ts';

export interface CampaignOptions {
  readonly seed: number;
  /** Told of each violation at once. */
  readonly tell: (text: string) => void;
  readonly boundMs?: number | undefined;
  readonly mostBytes?: number | undefined;
  /** How long a calm may take to come about. */
  readonly calmMs?: number | undefined;
}

interface Look {
  readonly stats: RouterStats;
  readonly sockets: number;
  readonly internal: readonly string[];
  readonly mostRss: number;
  readonly loopMaxMs: number;
}

interface HonestLook {
  readonly tally: { readonly calls: number; readonly events: number; readonly newcomers: number; readonly heard: number };
  readonly waits: { readonly count: number; readonly median: number; readonly p99: number; readonly max: number };
  readonly violations: readonly (readonly [Invariant, string])[];
}

/** Attacks under way at a time. */
const LANES = 5;
/** An attack that is not over by then is cut. */
const ATTACK_MS = 15_000;
/** Nobody else on this machine comes from there. */
const HONEST_ADDRESS = '127.0.0.2';
/** The history that router.mjs configures is a subscription of the router's own. */
const HISTORIES = 1;
/** Long-poll gives a transport that nobody polls half a minute. */
const CALM_MS = 45_000;
/** What is retained and kept as history stays, up to the limits of limits.mjs. */
const WEIGHT_TOLERANCE = 8e6;

export class Campaign {
  /** For tests of this one: runs in the calm, before anything is looked at. */
  sabotage: (() => unknown) | undefined;
  readonly secret: string = `secret-${randomBytes(12).toString('hex')}`;
  port = 0;
  private readonly options: CampaignOptions;
  private readonly boundMs: number;
  private children: { readonly router: Child; readonly honest: Child } | undefined;
  private readonly found = new Map<Invariant, number>();
  private readonly attacks = new Map<string, number>();
  /** Attacks that are under way, or were at the last look. */
  private readonly suspects = new Map<number, string>();
  private readonly running = new Set<number>();
  private readonly since = performance.now();
  /** Of honest sessions: so far, and of those whose router died. */
  private total = { calls: 0, events: 0, newcomers: 0, heard: 0 };
  private before = this.total;
  private readonly most = { rss: 0, loopMs: 0, p99: 0, wait: 0 };
  private honestCount = 0;
  private bytesAtStart: number | undefined;
  private bytesNow = 0;

  private constructor(options: CampaignOptions) {
    this.options = options;
    this.boundMs = options.boundMs ?? BOUND_MS;
  }

  static async open(options: CampaignOptions): Promise<Campaign> {
    const campaign = new Campaign(options);
    await campaign.begin();
    return campaign;
  }

  get router(): Child {
    return this.both.router;
  }

  get honest(): Child {
    return this.both.honest;
  }

  /** Attacks of this seed, then the calm. @param deadline - None begins after it, of `performance.now()`. */
  async round(indices: readonly number[], deadline: number = Number.POSITIVE_INFINITY): Promise<void> {
    const left = [...indices];
    let isOver = false;
    const watch = async (): Promise<void> => {
      while (!isOver) {
        await this.look();
        await sleep(500);
      }
    };
    const watching = watch();
    const lane = async (): Promise<void> => {
      for (let index = left.shift(); index !== undefined; index = left.shift()) {
        if (performance.now() > deadline) return;
        await this.attack(index);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    isOver = true;
    await watching;
    await this.calm();
    this.suspects.clear();
  }

  /** Everybody goes, and nothing is left. */
  async close(): Promise<void> {
    if (!this.children) return;
    await this.look();
    await this.attempt(async () => {
      await this.honest.ask('leave');
      await this.lookForLeftovers({ sessions: 0, subscriptions: HISTORIES, registrations: 0, calls: 0, queuedBytes: 0 }, 0);
    });
    this.children.router.end();
    this.children.honest.end();
    this.children = undefined;
  }

  violations(): Partial<Record<Invariant, number>> {
    return Object.fromEntries(this.found);
  }

  report(): string {
    const { total, most, options, attacks } = this;
    const sum = [...attacks.values()].reduce((all, count) => all + count, 0);
    const died = this.found.get('the router died') ?? 0;
    const ended = this.found.get('honest sessions ended or refused') ?? 0;
    return [
      `hostile, seed ${options.seed}: ${sum} attacks in ${Math.round((performance.now() - this.since) / 1000)} s`,
      ...[...attacks].sort().map(([kind, count]) => `  ${String(count).padStart(7)} ${kind}`),
      `survivors: the router ${died === 0 ? 'all the time' : `died ${died} times`}; ${this.honestCount} honest sessions, of which ${ended} were ended; ${total.newcomers} newcomers`,
      `${total.calls} honest calls, ${total.events} events, ${total.heard} events of attackers heard by bystanders`,
      `an honest session waited at most ${Math.round(most.wait)} ms (99 %: ${Math.round(most.p99)} ms); the router's loop stopped for at most ${Math.round(most.loopMs)} ms`,
      `memory: ${megabytes(most.rss)} at most, ${megabytes(this.bytesNow)} after the last attack, ${megabytes(this.bytesNow - (this.bytesAtStart ?? this.bytesNow))} more than after the warm-up`,
      'violations:',
      ...invariants.map((invariant) => `  ${String(this.found.get(invariant) ?? 0).padStart(7)} ${invariant}`),
    ].join('\n');
  }

  violate(invariant: Invariant, what: string, attack?: string): void {
    this.found.set(invariant, (this.found.get(invariant) ?? 0) + 1);
    const by = attack ?? `under way: ${[...this.suspects.values()].join('; ') || 'nothing'}`;
    this.options.tell(`VIOLATED (seed ${this.options.seed}; ${by}): ${invariant}: ${what}`);
  }

  private get both(): { readonly router: Child; readonly honest: Child } {
    if (!this.children) throw new Error('the campaign is closed');
    return this.children;
  }

  private async begin(): Promise<void> {
    const [router, port] = await Child.start<number>('router.mjs', [this.secret]);
    this.port = port;
    const [honest, count] = await Child.start<number>('honest.ts', [
      String(port),
      HONEST_ADDRESS,
      this.secret,
      String(this.boundMs),
    ]);
    this.honestCount = count;
    this.children = { router, honest };
    this.bytesAtStart = undefined;
  }

  private async attack(index: number): Promise<void> {
    const { attack, random } = attackOf(this.options.seed, index);
    const name = `attack ${index}, ${attack.kind}: ${attack.name}`;
    this.suspects.set(index, name);
    this.running.add(index);
    const violate = (invariant: Invariant, what: string): void => this.violate(invariant, what, name);
    const arena = new Arena({ port: this.port, random, secret: this.secret, violate });
    // An attack that the router turns away has failed, and that is all.
    await Promise.race([attack.run(arena).catch(() => {}), sleep(ATTACK_MS)]);
    arena.close();
    this.running.delete(index);
    this.attacks.set(attack.kind, (this.attacks.get(attack.kind) ?? 0) + 1);
  }

  private async look(): Promise<void> {
    await this.attempt(async () => {
      const { stats: _, internal, mostRss, loopMaxMs } = await this.router.ask<Look>('look');
      for (const what of internal) this.violate('internal errors', what);
      const { mostBytes = MOST_BYTES } = this.options;
      if (mostRss > mostBytes) this.violate('memory beyond the bound', `${megabytes(mostRss)} of ${megabytes(mostBytes)}`);
      const { tally, waits, violations } = await this.honest.ask<HonestLook>('look');
      for (const [invariant, what] of violations) this.violate(invariant, what);
      const { before } = this;
      this.total = {
        calls: before.calls + tally.calls,
        events: before.events + tally.events,
        newcomers: before.newcomers + tally.newcomers,
        heard: before.heard + tally.heard,
      };
      const { most } = this;
      most.rss = Math.max(most.rss, mostRss);
      most.loopMs = Math.max(most.loopMs, loopMaxMs);
      most.p99 = Math.max(most.p99, waits.p99);
      most.wait = Math.max(most.wait, waits.max);
      for (const index of this.suspects.keys()) if (!this.running.has(index)) this.suspects.delete(index);
    });
  }

  /** Does it with both processes; when the router dies meanwhile, that is told, and another one takes its place. */
  private async attempt(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (error) {
      const { router, honest } = this.both;
      if (honest.gone !== undefined) throw new Error(honest.gone);
      if (router.gone === undefined) throw error;
      this.violate('the router died', router.gone);
      honest.end();
      this.before = this.total;
      await this.begin();
    }
  }

  /** All is as it was, or told. */
  private async calm(): Promise<void> {
    await this.attempt(async () => {
      await this.sabotage?.();
      await this.look();
      await this.honest.ask('rest');
      const expected = { sessions: this.honestCount, subscriptions: 2 + HISTORIES, registrations: 2, calls: 0, queuedBytes: 0 };
      await this.lookForLeftovers(expected, this.honestCount + 3);
      await this.weigh();
      await this.honest.ask('goOn');
      await this.look();
    });
  }

  /** @param sockets - How many may be open. */
  private async lookForLeftovers(expected: Partial<RouterStats>, sockets: number): Promise<void> {
    const deadline = performance.now() + (this.options.calmMs ?? CALM_MS);
    let found: Partial<RouterStats> = {};
    for (;;) {
      const { stats, sockets: open } = await this.router.ask<Look>('look');
      found = Object.fromEntries(Object.keys(expected).map((key) => [key, stats[key as keyof RouterStats]]));
      if (JSON.stringify(found) === JSON.stringify(expected) && open <= sockets) return;
      if (performance.now() > deadline) {
        const text = `expected ${JSON.stringify(expected)} and at most ${sockets} sockets, got ${JSON.stringify(found)} and ${open}`;
        return this.violate('something left in the router', text);
      }
      await sleep(100);
    }
  }

  private async weigh(): Promise<void> {
    this.bytesNow = await this.router.ask<number>('weigh');
    this.bytesAtStart ??= this.bytesNow;
    if (this.bytesNow - this.bytesAtStart <= Math.max(WEIGHT_TOLERANCE, 0.05 * this.bytesAtStart)) return;
    this.violate('memory that did not come back', `from ${megabytes(this.bytesAtStart)} to ${megabytes(this.bytesNow)}`);
  }
}

/** The `index`th attack of a seed: each round has all of them, in another order. */
export function attackOf(seed: number, index: number): { readonly attack: Attack; readonly random: Random } {
  const order = [...catalogue];
  const shuffle = new Random(seed, -1 - Math.floor(index / order.length));
  for (let i = order.length - 1; i > 0; i--) {
    const j = shuffle.below(i + 1);
    [order[i], order[j]] = [order[j] as Attack, order[i] as Attack];
  }
  return { attack: order[index % order.length] as Attack, random: new Random(seed, index) };
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
