/*
 * WAMP "Payload Passthru Mode", the client's side: where payloads are packed and unpacked. An option `ppt_scheme` that is not empty says that
 * it is in use. How it is done is in payload-packing.ts, or the user's own: `ConnectionOptions.passthru`.
 */
import { ApplicationError, messageOf, SerializationError } from '../../base/errors.ts';
import type { Dict } from '../../base/words.ts';
import { PASSTHRU, passthruAttributes } from '../../protocol/features.ts';
import type { Payload } from '../../protocol/messages.ts';
import type { PayloadIn } from '../api/payload.ts';
import type { Answer } from '../api/result.ts';
import type { RouterFeatures } from '../api/session-api.ts';
import type { Kernel } from '../kernel/kernel.ts';

interface Packing {
  readonly kernel: Pick<Kernel, 'passthru'>;
  readonly features: RouterFeatures;
}

/**
 * The payload as it is sent with these options.
 *
 * @throws {@link ApplicationError} `wamp.error.feature_not_supported` when the connection or the router cannot.
 * @throws What packing it throws.
 */
export function pack(
  { kernel, features }: Packing,
  router: 'broker' | 'dealer',
  options: Dict,
  { args, kwargs }: PayloadIn,
): Payload {
  const { passthru } = kernel;
  const text = passthru ? `the router's ${router} did not announce ${PASSTHRU}` : 'ppt_scheme needs ConnectionOptions.passthru';
  if (!passthru || !features[router]?.[PASSTHRU]) throw new ApplicationError('wamp.error.feature_not_supported', [text]);
  return { args: [passthru.pack(args ?? [], kwargs ?? {}, options)] };
}

/** What an endpoint answers with, as it is sent. `options`: the message's own. @throws As `pack`. */
export function packAnswer(
  context: Packing,
  { args, kwargs, details }: Answer,
  options: Dict,
): Payload & { readonly options: Dict } {
  if (!details?.ppt_scheme) return { args, kwargs, options };
  const attributes = passthruAttributes(details);
  return { ...pack(context, 'dealer', attributes, { args, kwargs }), options: { ...options, ...attributes } };
}

/** `wrong`: why the payload is still as it came, or not there (client-link.ts). */
export type Unpacked<M> = M & { readonly wrong?: SerializationError };

/**
 * The message with its payload as the sender had it; or as it came, and why. Anything but one binary item stays as it is: nexus sends the
 * object itself with `native`.
 */
export function unpack<M extends Payload & { readonly details: Dict }>(
  { passthru }: Pick<Kernel, 'passthru'>,
  message: M,
): Unpacked<M> {
  if (!message.details.ppt_scheme || !passthru || message.args?.length !== 1) return message;
  const [item] = message.args;
  if (!(item instanceof Uint8Array)) return message;
  try {
    const { args, kwargs } = passthru.unpack(item, message.details);
    return { ...message, args: args ?? undefined, kwargs: kwargs ?? undefined };
  } catch (cause) {
    return { ...message, wrong: cause instanceof SerializationError ? cause : new SerializationError(messageOf(cause), { cause }) };
  }
}
