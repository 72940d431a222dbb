/* All faults of a configuration at once, and what is legal in it but probably a mistake. */
import { show } from '../../base/checks.ts';
import { type RouterConfig, settle } from './config.ts';
import { doubts } from './doubts.ts';

/** A sentence for each, which begins with the path. */
export interface ConfigReport {
  readonly faults: readonly string[];
  /** Empty if there are faults. */
  readonly doubts: readonly string[];
}

export function checkConfig(config: RouterConfig): ConfigReport {
  const faults: string[] = [];
  const attempt = (check: () => void): void => {
    try {
      check();
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
      faults.push(thrown.message);
    }
  };
  let found: readonly string[] = [];
  attempt(() => {
    const settings = settle(config, {}, attempt);
    if (Object.keys(config.realms).length === 0)
      throw new TypeError(`config.realms: expected at least one realm, got ${show(config.realms)}`);
    if (faults.length === 0) found = doubts(settings);
  });
  return { faults, doubts: found };
}
