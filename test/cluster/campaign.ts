/* Load on three routers, a fault by the seed, and then a calm in which everything must be as it was. */
import { Random } from '../fuzz/random.ts';
import { NODES, type Nodes, tail } from './nodes.ts';
import { Peer } from './peers.ts';
import { now, Record } from './record.ts';

/** How long a calm may take to come about. */
const CALM_MS = 45_000;
/** Longer than a node may be away. */
const AWAY_MS = 8000;

const ofAll = ['node killed', 'node stopped', 'rolling restart'] as const;
const ofNats = ['NATS killed', 'NATS stopped', 'node cut off', 'NATS gone'] as const;
export type Fault = (typeof ofAll)[number] | (typeof ofNats)[number];

export class Campaign {
  readonly record: Record;
  private readonly nodes: Nodes;
  private readonly seed: number;
  private readonly peers: readonly Peer[];
  private readonly since = performance.now();
  private readonly done = new Map<Fault, number>();
  private fault = 'none';

  private constructor(seed: number, nodes: Nodes, peers: readonly Peer[], record: Record) {
    this.seed = seed;
    this.nodes = nodes;
    this.peers = peers;
    this.record = record;
  }

  static async open(seed: number, nodes: Nodes): Promise<Campaign> {
    let campaign: Campaign | undefined;
    const record = new Record((text) => campaign?.tell(text));
    const { urls } = nodes;
    const start = (role: 'talker' | 'listener'): Promise<Peer> => Peer.start({ role, urls, count: NODES, onEntries: record.take });
    campaign = new Campaign(seed, nodes, await Promise.all([start('listener'), start('talker')]), record);
    return campaign;
  }

  async close(): Promise<void> {
    await Promise.all(this.peers.map((peer) => peer.stop()));
  }

  /** Of many sessions on all nodes that register a procedure at once, one gets it. */
  async race(rounds: number, sessions = 200): Promise<void> {
    this.fault = 'races of registrations';
    const { urls } = this.nodes;
    const racers = await Promise.all([1, 2].map(() => Peer.start({ role: 'racer', urls, count: sessions / 2 })));
    try {
      for (let round = 0; round < rounds; round++) {
        const procedure = `cluster.race.${round}`;
        const tries = await Promise.all(racers.map((racer) => racer.race(procedure)));
        const [winners, errors] = [tries.flatMap((each) => each.winners), tries.flatMap((each) => each.errors)];
        const answers = new Set((await Promise.all(racers.map((racer) => racer.ask(procedure)))).flat());
        if (winners.length !== 1 || errors.length > 0) this.record.violate(`${procedure} has ${winners.length} winners; ${errors}`);
        if (answers.size !== 1 || !answers.has(winners[0])) this.record.violate(`${procedure} was answered by ${[...answers]}`);
      }
    } finally {
      await Promise.all(racers.map((racer) => racer.stop()));
    }
  }

  /** All kinds of faults once, in an order of the seed. */
  async round(index: number): Promise<void> {
    const random = new Random(this.seed, index);
    const kinds: Fault[] = [...ofAll, ...(this.nodes.nats ? ofNats : [])];
    while (kinds.length > 0) {
      const [fault] = kinds.splice(random.below(kinds.length), 1);
      if (fault) await this.under(fault, random.below(NODES));
    }
  }

  /** @param node - Which node, for faults of one. */
  async under(fault: Fault, node: number): Promise<void> {
    const { record } = this;
    this.fault = `${fault} (node ${node})`;
    await this.calm();
    record.isGentle = fault === 'rolling restart';
    this.say({ isBusy: true });
    await sleep(1000);
    await this.strike(fault, node);
    await sleep(1000);
    this.say({ isBusy: false });
    await this.calm();
    record.close();
    record.isGentle = false;
    this.done.set(fault, (this.done.get(fault) ?? 0) + 1);
  }

  private async strike(fault: Fault, node: number): Promise<void> {
    const { nodes } = this;
    switch (fault) {
      case 'node killed':
        nodes.signal(node, 'SIGKILL');
        await nodes.again(node);
        return;
      case 'node stopped':
        nodes.signal(node, 'SIGSTOP');
        await sleep(AWAY_MS);
        nodes.signal(node, 'SIGCONT');
        return;
      case 'node cut off':
        nodes.cutOff(node, AWAY_MS);
        return sleep(AWAY_MS);
      case 'rolling restart':
        for (let each = 0; each < NODES; each++) {
          this.record.terms.push(now());
          nodes.signal(each, 'SIGTERM');
          await nodes.again(each);
          await sleep(500);
        }
        return;
      case 'NATS killed':
        return nodes.nats?.restart();
      case 'NATS stopped':
      case 'NATS gone':
        await nodes.nats?.pause();
        await sleep(fault === 'NATS gone' ? AWAY_MS : 1500);
        return nodes.nats?.resume();
      default:
        fault satisfies never;
    }
  }

  /** Everybody is there again, no call is open, and each subscriber hears each publisher. */
  private async calm(): Promise<void> {
    const { record } = this;
    // A publisher, a caller and two testators of the talkers, a subscriber, a callee and an owner of the listeners.
    await this.until('clients that have come back', () => record.sessions.size === 7 * NODES && record.standings.size === NODES);
    await this.until('calls that are settled', () => record.openCalls.length === 0);
    let asked = 0;
    await this.until('events from each publisher to each subscriber', () => {
      if (performance.now() - asked > 1000) {
        asked = performance.now();
        this.say({ probe: true });
      }
      return record.probed === NODES * NODES;
    });
    await this.until('testaments of the sessions that were lost', () => record.hasWills, 12_000);
    await sleep(300); // what comes twice comes soon
  }

  private async until(what: string, isSo: () => boolean, limitMs: number = CALM_MS): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!isSo()) {
      if (performance.now() > deadline) return this.record.violate(`expected ${what} within ${limitMs / 1000} s`);
      await sleep(20);
    }
  }

  private say(message: { readonly isBusy?: boolean; readonly probe?: boolean }): void {
    for (const peer of this.peers) peer.say(message);
  }

  private tell(text: string): void {
    const { length } = this.record.violations;
    if (length > 20) return;
    console.error(`VIOLATED (SEED=${this.seed}, ${this.fault}): ${text}`);
    if (length > 1) return;
    const logs = [this.nodes.log(), ...this.peers.map(({ log }, i) => `${i ? 'talkers' : 'listeners'}\n${tail(log)}`)];
    console.error(logs.join('\n'));
  }

  report(): string {
    const { tally, violations, failures } = this.record;
    return [
      `cluster, seed ${this.seed}, ${Math.round((performance.now() - this.since) / 1000)} s`,
      ...[...this.done].map(([fault, times]) => `  ${times} × ${fault}`),
      `${tally.calls} calls (${tally.failed} failed), ${tally.invocations} invocations of ${tally.owners} owners`,
      ...[...failures].map(([error, times]) => `  ${times} × ${error}`),
      `${tally.events} events received, ${tally.certain} expected for certain, ${tally.gaps} gaps told`,
      `${tally.sessionsLost} sessions lost, ${tally.testaments} testaments`,
      `${violations.length} violations`,
    ].join('\n');
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
