/// <reference lib="esnext.disposable" />
import { Serializer } from './index.js';

interface MsgpackOptions {
    /**
     * What integers beyond 2^53 in payloads become: `number`, which rounds them, or `bigint`. Default `number`. Choose `bigint`
     * when the other side sends exact 64-bit integers. With both settings a BigInt may be sent if it fits into 64 bits.
     */
    readonly int64?: 'number' | 'bigint' | undefined;
}
/**
 * The MessagePack serializer, `wamp.2.msgpack`. Payloads are as with JSON; bytes need no base64.
 *
 * @throws TypeError for options that do not exist, and for wrong values of options.
 * @example new Connection({ url, realm, serializers: [msgpack(), json()] });
 */
declare function msgpack(options?: MsgpackOptions): Serializer;

export { msgpack };
export type { MsgpackOptions };
