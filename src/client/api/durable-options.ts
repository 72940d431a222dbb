/* What a durable subscription has besides. Types only. */
import type { Match } from '../../protocol/uri.ts';
import type { SubscribeOptions } from './options.ts';
import type { Recovery } from './recovery.ts';

export interface DurableSubscribeOptions<A extends readonly unknown[], K extends object, Kind extends Match = Match>
  extends SubscribeOptions<Kind> {
  /** Makes the subscription whole: runs after every SUBSCRIBED while live events are held back. */
  readonly recoverWith?: Recovery<A, K> | undefined;
}
