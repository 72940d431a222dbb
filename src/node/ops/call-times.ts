/*
 * How long calls took, by realm, authrole and outcome. It is counted here and not by prom-client: a call adds one to a number, and text is made only when somebody
 * reads the metrics.
 */
import type { CallOutcome, EndedCall } from '../../router/limits/call-watch.ts';
import { type Names, OTHER } from '../../router/limits/names.ts';

/** Upper bounds, in seconds. */
export const BOUNDS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The calls of one kind. */
export interface CallTimes {
  readonly realm: string;
  readonly authrole: string;
  /** One of those that were listed, or `other`; undefined: none was listed. */
  readonly procedure: string | undefined;
  readonly outcomes: Record<CallOutcome, number>;
  /** By bound, and one more for longer ones. */
  readonly buckets: Float64Array;
  sum: number;
  count: number;
}

export class CallCounter {
  private readonly byRealm = new Map<string, Map<string, Map<string, CallTimes>>>();
  private readonly roles: Names;
  /** Of the last call: most often the next one is of the same kind. */
  private last: CallTimes | undefined;
  private lastRole = '';
  private exact: ReadonlySet<string> = new Set();
  private prefixes: readonly string[] = [];

  constructor(roles: Names) {
    this.roles = roles;
  }

  /** What was counted before stays as it is. @param procedures - URIs, and prefixes that end in a dot. */
  list(procedures: readonly string[]): void {
    this.last = undefined;
    this.exact = new Set(procedures.filter((each) => !each.endsWith('.')));
    // The longest one that fits counts.
    this.prefixes = procedures.filter((each) => each.endsWith('.')).sort((a, b) => b.length - a.length);
  }

  private get hasProcedures(): boolean {
    return this.exact.size > 0 || this.prefixes.length > 0;
  }

  readonly add = ({ realm, authrole, procedure, outcome, durationMs }: EndedCall): void => {
    const { last } = this;
    const isAlike = last && !last.procedure && last.realm === realm && this.lastRole === authrole;
    const times = isAlike
      ? last
      : this.timesOf(realm, this.roles.label(authrole), this.hasProcedures ? this.labelOf(procedure) : '');
    this.last = times;
    this.lastRole = authrole;
    times.outcomes[outcome]++;
    const seconds = durationMs / 1000;
    let at = 0;
    for (const bound of BOUNDS) {
      if (seconds <= bound) break;
      at++;
    }
    times.buckets[at] = (times.buckets[at] ?? 0) + 1;
    times.sum += seconds;
    times.count++;
  };

  *all(): Iterable<CallTimes> {
    for (const roles of this.byRealm.values()) for (const some of roles.values()) yield* some.values();
  }

  private labelOf(procedure: string): string {
    if (this.exact.has(procedure)) return procedure;
    return this.prefixes.find((prefix) => procedure.startsWith(prefix)) ?? OTHER;
  }

  private timesOf(realm: string, authrole: string, procedure: string): CallTimes {
    const known = this.byRealm.get(realm)?.get(authrole)?.get(procedure);
    return known ?? this.begin(realm, authrole, procedure);
  }

  private begin(realm: string, authrole: string, procedure: string): CallTimes {
    const roles = this.byRealm.get(realm) ?? new Map<string, Map<string, CallTimes>>();
    const some = roles.get(authrole) ?? new Map<string, CallTimes>();
    this.byRealm.set(realm, roles);
    roles.set(authrole, some);
    const made = {
      realm,
      authrole,
      procedure: this.hasProcedures ? procedure : undefined,
      outcomes: { result: 0, error: 0, canceled: 0, timeout: 0, lost: 0 },
      buckets: new Float64Array(BOUNDS.length + 1),
      sum: 0,
      count: 0,
    };
    some.set(procedure, made);
    return made;
  }
}
