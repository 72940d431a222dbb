import type { Uri } from '../../base/words.ts';
import type { Keeping } from '../broker/keeping.ts';
import type { Dealer } from '../dealer/dealer.ts';
import type { Elsewhere } from '../elsewhere/elsewhere.ts';
import type { MetaRealm } from '../meta-procedures/meta-realm.ts';

/** The parts of a realm that a cluster needs. */
export interface ClusterRealm extends MetaRealm {
  readonly name: Uri;
  readonly dealer: Dealer;
  readonly keeping: Keeping;
  /** The level of this authrole. */
  trustlevel(authrole: string): number | undefined;
  /** From now on it is one node's part of the realm of a cluster. */
  share(elsewhere: Elsewhere): void;
}
