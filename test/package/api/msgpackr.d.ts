/// <reference lib="esnext.disposable" />
import { Serializer } from './index.js';

interface MsgpackrOptions {
    /**
     * What integers beyond 2^53 in payloads become: `bigint`, which is exact, or `number`, which rounds them. Default `bigint`.
     * Choose `number` if a program cannot use BigInt, for example in `JSON.stringify`. With both settings a BigInt may be sent
     * if it fits into 64 bits.
     */
    readonly int64?: 'number' | 'bigint' | undefined;
}
/**
 * The MessagePack serializer by `msgpackr`, which must be installed. It is `wamp.2.msgpack`, like `msgpack()`. Payloads are
 * as with JSON; bytes need no base64. It has no records, references and extensions: if a peer sends them, they are read as
 * `msgpack()` reads them.
 *
 * @throws TypeError for options that do not exist, and for wrong values of options.
 * @example new Connection({ url, realm, serializers: [msgpackr(), json()] });
 */
declare function msgpackr(options?: MsgpackrOptions): Serializer;

export { msgpackr };
export type { MsgpackrOptions };
