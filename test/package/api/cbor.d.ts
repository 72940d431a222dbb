/// <reference lib="esnext.disposable" />
import { Serializer } from './index.js';

interface CborOptions {
    /**
     * What integers beyond 2^53 in payloads become: `number`, which rounds them, or `bigint`. Default `number`. Choose `bigint`
     * when the other side sends exact 64-bit integers or bignums. With both settings a BigInt may be sent if it fits into 64
     * bits.
     */
    readonly int64?: 'number' | 'bigint' | undefined;
}
/**
 * The CBOR serializer, `wamp.2.cbor`. Payloads are as with JSON; bytes need no base64.
 *
 * @throws TypeError for options that do not exist, and for wrong values of options.
 * @example new Connection({ url, realm, serializers: [cbor(), json()] });
 */
declare function cbor(options?: CborOptions): Serializer;

export { cbor };
export type { CborOptions };
