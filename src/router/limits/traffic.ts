/*
 * What sessions send and receive, by realm and authrole. A connection counts for itself; here its numbers are added up when a session ends, and when somebody asks.
 */
import { Names } from './names.ts';

/** Since it began. */
export interface Traffic {
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Text that is not UTF-8 yet counts by its characters. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface TrafficGroup extends Traffic {
  /** Empty, as the authrole is: of connections while they had no session. */
  readonly realm: string;
  /** `other`: of a realm with very many authroles. */
  readonly authrole: string;
}

/** A session that counts. */
export interface Counted {
  readonly realm: string;
  readonly authrole: string;
  readonly traffic: Traffic;
}

type Sum = { -readonly [member in keyof TrafficGroup]: TrafficGroup[member] };

export class TrafficSums {
  private readonly names = new Map<string, Names>();
  /** Of sessions that have ended. */
  private readonly past = new Map<string, Sum>();

  add(ended: Counted): void {
    this.into(this.past, ended);
  }

  /** @param present - The sessions that go on. */
  with(present: Iterable<Counted>): readonly TrafficGroup[] {
    const all = new Map([...this.past].map(([key, sum]) => [key, { ...sum }]));
    for (const each of present) this.into(all, each);
    return [...all.values()];
  }

  private into(sums: Map<string, Sum>, { realm, authrole, traffic }: Counted): void {
    const names = this.names.get(realm) ?? new Names();
    this.names.set(realm, names);
    const role = names.label(authrole);
    const key = JSON.stringify([realm, role]);
    const sum = sums.get(key) ?? { realm, authrole: role, messagesIn: 0, messagesOut: 0, bytesIn: 0, bytesOut: 0 };
    sums.set(key, sum);
    sum.messagesIn += traffic.messagesIn;
    sum.messagesOut += traffic.messagesOut;
    sum.bytesIn += traffic.bytesIn;
    sum.bytesOut += traffic.bytesOut;
  }
}

/** What came since an earlier look. */
export function since(now: Traffic, before: Traffic | undefined): Traffic {
  if (!before) return now;
  return {
    messagesIn: now.messagesIn - before.messagesIn,
    messagesOut: now.messagesOut - before.messagesOut,
    bytesIn: now.bytesIn - before.bytesIn,
    bytesOut: now.bytesOut - before.bytesOut,
  };
}
