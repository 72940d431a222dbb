/*
 * The connection underneath: the client's kernel with its features. Features whose options this layer never gives are left out (`middleware`,
 * `contract`, `defaults`, `passthru`), and so are serializers: this layer has transports of its own.
 */
import { toResult, toValueOf } from '../../client/api/result.ts';
import { CoreConnection } from '../../client/connection/core-connection.ts';
import { concurrency } from '../../client/features/concurrency.ts';
import { durable } from '../../client/features/durable/feature.ts';
import { formerSessions } from '../../client/features/durable/former-sessions.ts';
import { recovery } from '../../client/features/durable/recovery.ts';
import { generators } from '../../client/features/generators.ts';
import { idle } from '../../client/features/idle.ts';
import { progressiveInputs } from '../../client/features/inputs/feature.ts';
import { offline } from '../../client/features/offline/offline.ts';
import { page } from '../../client/features/page.ts';
import { waitForCallee } from '../../client/features/wait-for-callee.ts';
import { wireLog } from '../../client/features/wire-log.ts';
import type { ConnectionOptions, Connector, Connection as NativeConnection } from '../../index.ts';
import type { LateLiveness } from './late-liveness.ts';

export { toPayload } from '../../client/api/result.ts';

export interface NativeOptions extends Pick<ConnectionOptions, 'realm' | 'auth' | 'retry' | 'joinTimeoutMs'> {
  readonly url: Connector;
  readonly liveness: LateLiveness;
}

class Native extends CoreConnection {
  declare readonly call: NativeConnection['call'];
  declare readonly callResult: NativeConnection['callResult'];
  declare readonly publish: NativeConnection['publish'];
  declare readonly subscribe: NativeConnection['subscribe'];
  declare readonly register: NativeConnection['register'];

  constructor({ liveness, ...options }: NativeOptions) {
    // What waits comes first; what is put around verbs comes after it.
    super({ ...options, liveness: liveness.options }, [
      durable,
      formerSessions,
      recovery,
      offline,
      waitForCallee,
      progressiveInputs,
      generators,
      concurrency,
      liveness.feature,
      page,
      idle,
      wireLog,
    ]);
    const { verbs, kernel } = this;
    const { standing } = kernel;
    Object.assign(this, {
      call: verbs.call.bind(verbs, toValueOf),
      callResult: verbs.call.bind(verbs, toResult),
      publish: verbs.publish.bind(verbs),
      subscribe: standing.subscribe.bind(standing),
      register: standing.register.bind(standing),
    });
  }

  get handles(): NativeConnection['handles'] {
    return this.kernel.standing.handles;
  }
}

export function connection(options: NativeOptions): NativeConnection {
  const native: object = new Native(options);
  return native as NativeConnection; // which has no more members than this one
}
