/*
 * `ConnectionOptions.middleware` and `contract`. What hooks take is brought by `defineMiddleware`, so a client without hooks does not pay for it.
 */

import { show } from '../../../base/checks.ts';
import { dict } from '../../../base/options.ts';
import type { Points } from '../../api/middleware-api.ts';
import type { Feature } from '../../kernel/kernel.ts';

export const middleware: Feature = {
  name: 'middleware',
  options: { middleware: (value) => (Array.isArray(value) ? undefined : 'a list'), contract: dict },
  /** Outermost first, and the contract nearest to the user's code. @throws TypeError for anything but middleware. */
  install(kernel) {
    const { middleware = [], contract } = kernel.options;
    const points = [...middleware, ...(contract ? [contract] : [])].reduceRight<Points>((inner, each) => {
      if (typeof each?.['~around'] !== 'function')
        throw new TypeError(`expected middleware of defineMiddleware, got ${show(each)}`);
      return each['~around'](inner);
    }, {});
    points.install?.(kernel as never);
  },
};
