/* What all processes count together, at the hub. What a process has counted goes with it; failed logins are remembered. */
import { systemClock } from '../../base/clock.ts';
import { type Awaitable, isThenable } from '../../base/words.ts';
import type { MayTry } from '../../router/index.ts';
import { Throttle } from '../../router/limits/throttle.ts';
import type { Amounts, CountNote, CountRequest } from './hub-words.ts';

/** Changes are told together. */
const TELL_MS = 20;

/** What one process has counted. */
export class OwnCounts {
  readonly amounts: Map<string, number> = new Map();
  /** The addresses of logins that run. */
  readonly logins: Map<string, number> = new Map();
  /** What it knows of the others. */
  readonly heard: Map<string, number> = new Map();
}

export interface CountingProcess {
  readonly counts: OwnCounts;
  /** Others have no connections from outside, so they need no part of what limits those. */
  readonly hasPorts: boolean;
  tellOthers(nodes: number, amounts: Amounts): void;
}

export class HubCounts {
  private readonly throttle = new Throttle(systemClock);
  private readonly processes = new Set<CountingProcess>();
  private readonly totals = new Map<string, number>();
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  /** It hears what the others have, also if there is nothing. */
  joined(process: CountingProcess): void {
    this.processes.add(process);
    for (const name of this.totals.keys()) this.changed.add(name);
    this.tellSoon();
  }

  gone(process: CountingProcess): void {
    if (!this.processes.delete(process)) return;
    const { amounts, logins } = process.counts;
    for (const name of [...amounts.keys()]) this.set(process, name, 0);
    for (const [address, count] of logins) for (let i = 0; i < count; i++) this.throttle.leave(address);
    logins.clear();
    this.tellSoon(); // there is one less
  }

  answer(process: CountingProcess, request: CountRequest): Awaitable<MayTry> | number {
    switch (request.do) {
      case 'take': {
        const { name, most } = request;
        if (!this.processes.has(process) || (this.totals.get(name) ?? 0) >= most) return false;
        this.set(process, name, (process.counts.amounts.get(name) ?? 0) + 1);
        return true;
      }
      case 'enter': {
        const { address, user } = request;
        const take = (mayTry: MayTry): MayTry => {
          if (mayTry !== true) return mayTry;
          if (this.processes.has(process)) add(process.counts.logins, address, 1);
          else this.throttle.leave(address); // it has ended while it waited
          return true;
        };
        const may = this.throttle.enter(address, user);
        return isThenable(may) ? may.then(take) : take(may);
      }
      case 'failed':
        return this.throttle.failed(request.address, request.user);
      default:
        return request satisfies never;
    }
  }

  note(process: CountingProcess, note: CountNote): void {
    if (!this.processes.has(process)) return;
    switch (note.do) {
      case 'give':
        return this.set(process, note.name, Math.max(0, (process.counts.amounts.get(note.name) ?? 0) - 1));
      case 'leave':
        if (!process.counts.logins.has(note.address)) return;
        add(process.counts.logins, note.address, -1);
        return this.throttle.leave(note.address);
      case 'amounts':
        for (const [name, amount] of note.amounts) this.set(process, name, amount);
        return;
      default:
        note satisfies never;
    }
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private set({ counts: { amounts } }: CountingProcess, name: string, amount: number): void {
    const before = amounts.get(name) ?? 0;
    if (amount === before) return;
    if (amount === 0) amounts.delete(name);
    else amounts.set(name, amount);
    add(this.totals, name, amount - before);
    this.changed.add(name);
    this.tellSoon();
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.tell();
    }, TELL_MS).unref();
  }

  private tell(): void {
    const names = [...this.changed];
    const sharers = [...this.processes].filter(({ hasPorts }) => hasPorts).length;
    this.changed.clear();
    for (const { counts, tellOthers } of this.processes) {
      const news = names.flatMap((name): Amounts => {
        const others = (this.totals.get(name) ?? 0) - (counts.amounts.get(name) ?? 0);
        if (others === (counts.heard.get(name) ?? 0)) return [];
        if (others === 0) counts.heard.delete(name);
        else counts.heard.set(name, others);
        return [[name, others]];
      });
      tellOthers(Math.max(1, sharers), news);
    }
  }
}

/** Zeros are not kept. */
function add(counts: Map<string, number>, name: string, more: number): void {
  const count = (counts.get(name) ?? 0) + more;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
