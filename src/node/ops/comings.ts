/* How many sessions have begun, by realm and authrole, and how many have ended, by reason. */
import type { Off } from '../../base/words.ts';
import { type Names, OTHER } from '../../router/limits/names.ts';
import type { Router } from '../../router/router.ts';

export type Sample = readonly [labels: { readonly [label: string]: string }, value: number];

/** A client may say any reason. Others than these are `other`. */
const REASONS: readonly string[] = [
  'wamp.close.normal',
  'wamp.close.logout',
  'wamp.close.killed',
  'wamp.close.goodbye_and_out',
  'wamp.close.system_shutdown',
  'wamp.error.network_failure',
  'wamp.error.protocol_violation',
  'wamp.error.no_such_principal',
  'wamp.error.no_such_role',
  'wamp.error.no_such_realm',
];

export class Comings {
  private readonly begun = new Map<string, Map<string, number>>();
  private readonly ended = new Map<string, number>();
  private readonly roles: Names;

  constructor(roles: Names) {
    this.roles = roles;
  }

  watch(router: Router): readonly Off[] {
    return [
      router.on('join', ({ realm, authrole }) => {
        const counts = this.begun.get(realm) ?? new Map<string, number>();
        this.begun.set(realm, counts);
        countOne(counts, this.roles.label(authrole));
      }),
      router.on('leave', (_, reason) => countOne(this.ended, REASONS.includes(reason) ? reason : OTHER)),
    ];
  }

  beginnings(): readonly Sample[] {
    return [...this.begun].flatMap(([realm, counts]) =>
      [...counts].map(([authrole, count]): Sample => [{ realm, authrole }, count]),
    );
  }

  ends(): readonly Sample[] {
    return [...this.ended].map(([reason, count]) => [{ reason }, count]);
  }
}

function countOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
