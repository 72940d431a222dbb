/*
 * `ConnectionOptions.liveness`, and `session.rtt()`: how long the router takes to answer.
 */
import { elapsed } from '../../../base/clock.ts';
import { TimeoutError, type WampError } from '../../../base/errors.ts';
import { checkOptions, group, ms } from '../../../base/options.ts';
import { validUri } from '../../../protocol/uri.ts';
import type { WaitOptions } from '../../api/options.ts';
import type { Feature, Kernel, KernelSession } from '../../kernel/kernel.ts';
import { limit } from '../../kernel/limit.ts';
import { throwIfAborted, waiting } from '../../kernel/settle.ts';
import { Liveness } from './liveness.ts';
import { Pulse } from './pulse.ts';

const defaults = { idleMs: 20_000, timeoutMs: 10_000, probe: 'wamp.session.count' } as const;

export const liveness: Feature = {
  name: 'liveness',
  options: {
    liveness: /* @__PURE__ */ group(
      'liveness',
      { idleMs: /* @__PURE__ */ ms(1), timeoutMs: /* @__PURE__ */ ms(1), probe: validUri },
      true,
    ),
  },
  install(kernel) {
    const { clock, options } = kernel;
    const { idleMs = defaults.idleMs, timeoutMs = defaults.timeoutMs, probe = defaults.probe } = options.liveness || {};
    kernel.began.push((session) => {
      const pulse = new Pulse(clock, session, probe);
      addRtt(kernel, session, pulse);
      if (options.liveness === false) return;
      const watch = new Liveness(clock, idleMs, timeoutMs, pulse, (silenceMs) =>
        session.lose(`we gave the connection up: nothing came for ${Math.round(silenceMs)} ms (liveness)`),
      );
      kernel.probe = (within = timeoutMs) => watch.ask(Math.min(within, timeoutMs));
      session.over.push(() => {
        watch.stop();
        kernel.probe = undefined;
      });
    });
  },
};

function addRtt({ clock }: Kernel, session: KernelSession, pulse: Pulse): void {
  /** Those that wait for an answer. */
  const fails = new Set<(error: unknown) => void>();
  session.over.push((error: WampError) => {
    for (const fail of [...fails]) fail(error);
  });
  const rtt = (options: WaitOptions = {}): Promise<number> =>
    session.promised<number>((settle) => {
      checkOptions('rtt', options, waiting);
      throwIfAborted(options);
      const since = elapsed(clock);
      const done = (): void => {
        off();
        fails.delete(fail);
      };
      const fail = (reason: unknown): void => {
        done();
        settle.reject(reason);
      };
      const off = limit(clock, options, fail, (ms) => new TimeoutError(`no sign of life in ${ms} ms`));
      fails.add(fail);
      pulse.ask(() => {
        done();
        settle.resolve(elapsed(clock) - since);
      });
    });
  Object.assign(session, { rtt });
}
