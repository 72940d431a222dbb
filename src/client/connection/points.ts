import { show } from '../../protocol/checks.ts';
import type { Points } from '../core/middleware.ts';
import type { ConnectionOptions } from './connection-options.ts';

/**
 * Where the hooks of a connection go in: outermost first, and the contract nearest to the user's code.
 *
 * @throws TypeError for what is no middleware.
 */
export function pointsOf({ middleware = [], contract }: Pick<ConnectionOptions<object>, 'middleware' | 'contract'>): Points {
  return [...middleware, ...(contract ? [contract] : [])].reduceRight<Points>((inner, each) => {
    if (typeof each?.['~around'] !== 'function') throw new TypeError(`expected middleware of defineMiddleware, got ${show(each)}`);
    return each['~around'](inner);
  }, {});
}
