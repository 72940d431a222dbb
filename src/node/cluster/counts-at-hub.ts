/* What all processes count together, as one of them sees it. */
import type { Awaitable } from '../../base/words.ts';
import type { Counts, KeptOfAll, LoginThrottle, MayTry, MetricsOfAll } from '../../router/index.ts';
import type { Amounts, CountNote, CountRequest } from './hub-words.ts';

/** Changes are told together. */
const TELL_MS = 20;
/** Less than this part of a limit is not told. So nearly all addresses cost nothing. */
const PARTS = 64;

export class CountsAtHub implements Counts {
  readonly throttle: LoginThrottle;
  readonly metrics: MetricsOfAll;
  readonly kept: KeptOfAll;
  nodes = 1;
  private readonly ask: (request: CountRequest) => Promise<unknown>;
  private readonly note: (note: CountNote) => void;
  private readonly told = new Map<string, number>();
  private readonly heard = new Map<string, number>();
  private readonly untold = new Map<string, number>();
  private readonly listeners: ((name: string) => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    ask: (request: CountRequest) => Promise<unknown>,
    note: (note: CountNote) => void,
    { metrics, kept }: Pick<CountsAtHub, 'metrics' | 'kept'>,
  ) {
    this.ask = ask;
    this.note = note;
    this.metrics = metrics;
    this.kept = kept;
    this.throttle = {
      enter: (address, user = '') => address === undefined || mayTry(ask({ do: 'enter', address, user })),
      leave: (address) => {
        if (address !== undefined) note({ do: 'leave', address });
      },
      failed: (address, user = '') => (address === undefined ? 0 : numberOf(ask({ do: 'failed', address, user }))),
    };
  }

  take(name: string, most: number): Awaitable<boolean> {
    return isTrue(this.ask({ do: 'take', name, most }));
  }

  give(name: string): void {
    this.note({ do: 'give', name });
  }

  tell(name: string, amount: number, most: number): void {
    const worth = amount * PARTS >= most ? amount : 0;
    if (worth === (this.untold.get(name) ?? this.told.get(name) ?? 0)) return;
    this.untold.set(name, worth);
    this.timer ??= setTimeout(() => this.flush(), TELL_MS).unref();
  }

  others(name: string): number {
    return this.heard.get(name) ?? 0;
  }

  watch(listener: (name: string) => void): void {
    this.listeners.push(listener);
  }

  /** The hub tells what has changed. */
  hear(nodes: number, amounts: Amounts): void {
    this.nodes = nodes;
    const more = amounts.filter(([name, amount]) => amount > this.others(name));
    for (const [name, amount] of amounts) {
      if (amount === 0) this.heard.delete(name);
      else this.heard.set(name, amount);
    }
    for (const [name] of more) for (const listener of this.listeners) listener(name);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private flush(): void {
    this.timer = undefined;
    const amounts = [...this.untold];
    this.untold.clear();
    for (const [name, amount] of amounts) {
      if (amount === 0) this.told.delete(name);
      else this.told.set(name, amount);
    }
    this.note({ do: 'amounts', amounts });
  }
}

async function isTrue(answer: Promise<unknown>): Promise<boolean> {
  return (await answer) === true;
}

async function mayTry(answer: Promise<unknown>): Promise<MayTry> {
  const may = await answer;
  return may === 'crowded' || may === true ? may : false;
}

async function numberOf(answer: Promise<unknown>): Promise<number> {
  const value = await answer;
  return typeof value === 'number' ? value : 0;
}
