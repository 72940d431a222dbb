/*
 * `upgrades.liveness`, and `rtt()` of the session underneath. Few programs ask for them, so they are loaded when one does.
 */
import type { Check } from '../../base/checks.ts';
import { checkOptions, ms } from '../../base/options.ts';
import type { Feature, Kernel, KernelSession } from '../../client/kernel/kernel.ts';
import type { LivenessOptions, Session } from '../../index.ts';
import { validUri } from '../../protocol/uri.ts';

export interface LateLiveness {
  readonly options: LivenessOptions | false;
  readonly feature: Feature;
  /** Resolves when sessions that begin from now on are watched. Undefined: there is nothing to load. */
  load(): Promise<void> | undefined;
}

/** Checked at once; the feature comes later. */
const known: { readonly [name in keyof Required<LivenessOptions>]: Check } = {
  idleMs: /* @__PURE__ */ ms(1),
  timeoutMs: /* @__PURE__ */ ms(1),
  probe: validUri,
};
const loaded = async (): Promise<Feature> => (await import('../../client/features/liveness/feature.ts')).liveness;

/** @throws TypeError for wrong options. */
export function lateLiveness(options: LivenessOptions | false): LateLiveness {
  if (options !== false) checkOptions('liveness', options, known);
  let kernel: Kernel | undefined;
  return {
    options,
    feature: {
      name: 'liveness',
      install(given) {
        kernel = given;
        given.began.push((session) => addRtt(given, session));
      },
    },
    load() {
      const missing = kernel;
      if (!missing || options === false) return undefined;
      return loaded().then((feature) => {
        if (kernel) feature.install(missing);
        kernel = undefined;
      });
    },
  };
}

/** Until the feature is there. It brings an `rtt()` of its own. */
function addRtt(kernel: Kernel, given: KernelSession): void {
  const session: KernelSession & { rtt?: Session['rtt'] } = given;
  const rtt: Session['rtt'] = async (options) => {
    const began: Kernel['began'] = [];
    const feature = await loaded();
    if (session.rtt === rtt) feature.install({ ...kernel, began });
    for (const begin of began) begin(session);
    return session.rtt?.(options) ?? 0;
  };
  session.rtt = rtt;
}
