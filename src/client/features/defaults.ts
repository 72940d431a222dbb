/* `ConnectionOptions.defaults`: for the calls of the connection that do not say otherwise. */
import { group, ms } from '../../base/options.ts';
import type { Feature } from '../kernel/kernel.ts';

export const defaults: Feature = {
  name: 'defaults',
  options: {
    defaults: /* @__PURE__ */ group('defaults', { timeoutMs: /* @__PURE__ */ ms(), waitForCalleeMs: /* @__PURE__ */ ms() }),
  },
  install({ fit, verbs, options: { defaults } }) {
    if (!defaults) return;
    fit.call('a.b', {}, defaults); // an option of a feature that is not there throws here, and not in each call
    verbs.push((inner, { isConnection }) =>
      isConnection
        ? {
            ...inner,
            call(read, procedure, args, kwargs, given) {
              const { timeoutMs = defaults.timeoutMs, waitForCalleeMs = defaults.waitForCalleeMs } = given ?? {};
              return inner.call(read, procedure, args, kwargs, {
                ...given,
                ...(timeoutMs !== undefined && { timeoutMs }),
                ...(waitForCalleeMs !== undefined && { waitForCalleeMs }),
              });
            },
          }
        : inner,
    );
  },
};
