/*
 * WAMP "Progressive Call Invocations": `inputsFrom` of a call, `furtherInputs` of an invocation.
 */
import { any } from '../../../base/options.ts';
import { hasKeys } from '../../../protocol/codec.ts';
import { PROGRESSIVE_INVOCATIONS } from '../../../protocol/features.ts';
import { toValue } from '../../api/result.ts';
import type { Feature, KernelInvocation } from '../../kernel/kernel.ts';
import { FurtherInputs } from './further-inputs.ts';
import { OutgoingInputs } from './outgoing-inputs.ts';

export const progressiveInputs: Feature = {
  name: 'progressiveInputs',
  call: { inputsFrom: any, maxInputsAhead: any },
  install(kernel) {
    kernel.announced.push([PROGRESSIVE_INVOCATIONS, ['caller', 'callee']]);
    kernel.calling = (session, procedure, options) => {
      const { inputsFrom, maxInputsAhead } = options;
      if (inputsFrom !== undefined) return new OutgoingInputs(kernel, session, procedure, options);
      return maxInputsAhead ? { wire: { receive_progress: true }, around: (settle) => settle, sent() {} } : undefined;
    };

    const all = new WeakMap<KernelInvocation, FurtherInputs>();
    const inputsOf = (invocation: KernelInvocation): FurtherInputs => {
      let inputs = all.get(invocation);
      if (!inputs) {
        inputs = new FurtherInputs();
        all.set(invocation, inputs);
        const made = inputs;
        if (invocation.stopped) made.fail(invocation.stopped);
        invocation.watch((why) => (why ? made.fail(why) : made.discard()));
      }
      return inputs;
    };
    kernel.inputs = {
      begin(invocation) {
        inputsOf(invocation).hasMore = true;
      },
      further(invocation, { details, args, kwargs, wrong }) {
        const inputs = inputsOf(invocation);
        if (!inputs.hasMore) return false;
        inputs.hasMore = details.progress === true;
        if (wrong) return true;
        // An empty last one is how a caller says that there are no more.
        if (inputs.hasMore || (args && args.length > 0) || (kwargs && hasKeys(kwargs)))
          inputs.push(toValue({ args, kwargs }, details));
        if (!inputs.hasMore) inputs.end();
        return true;
      },
      iterable(invocation) {
        const inputs = inputsOf(invocation);
        if (!inputs.hasMore) inputs.end();
        return inputs.iterable();
      },
    };
  },
};
