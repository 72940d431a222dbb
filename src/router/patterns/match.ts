import type { Dict } from '../../base/words.ts';
import type { Match } from '../../protocol/uri.ts';

/** The option `match` of SUBSCRIBE or REGISTER. The codec has refused all other values. */
export function matchOf({ match }: Dict): Match {
  return match === 'prefix' || match === 'wildcard' ? match : 'exact';
}
