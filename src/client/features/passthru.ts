/*
 * WAMP "Payload Passthru Mode": `ConnectionOptions.passthru`. Where payloads are packed is in session/packing.ts.
 */
import { isDict } from '../../base/checks.ts';
import { PASSTHRU } from '../../protocol/features.ts';
import type { Feature } from '../kernel/kernel.ts';

export const payloadPassthru: Feature = {
  name: 'payloadPassthru',
  options: {
    passthru: (value) => (isDict(value) && value.pack && value.unpack ? undefined : 'what passthru() gives'),
  },
  install(kernel) {
    const { passthru } = kernel.options;
    if (!passthru) return;
    kernel.passthru = passthru;
    kernel.announced.push([PASSTHRU]);
  },
};
