/* What a callee asks for when it registers: the options of REGISTER. */
import type { Dict } from '../../base/words.ts';

/** WAMP "Shared Registration". */
const policies = ['single', 'roundrobin', 'random', 'first', 'last'] as const;
export type Policy = (typeof policies)[number];

export interface CalleeOptions {
  /** WAMP "Caller Identification": this callee wants to know who calls. */
  readonly discloseCaller: boolean;
  /** WAMP "Call Timeout": this callee watches the time itself. */
  readonly forwardTimeout: boolean;
  /** Crossbar.io's `concurrency`: at most this many calls at a time. Undefined: any number. */
  readonly concurrency: number | undefined;
}

/** From REGISTER's options; the codec has refused all other policies. */
export function policyOf({ invoke }: Dict): Policy {
  return policies.find((policy) => policy === invoke) ?? 'single';
}

/** The same. */
export function wishesOf(options: Dict): CalleeOptions {
  return {
    discloseCaller: options.disclose_caller === true,
    forwardTimeout: options.forward_timeout === true,
    concurrency: typeof options.concurrency === 'number' ? options.concurrency : undefined,
  };
}
