/* What `Protocol` takes and gives back. */
import type { Any } from '../base/any.ts';

export interface ProtocolOptions {
  readonly serializer?: 'json' | undefined;
  /** Messages of up to 2^x bytes are taken; 9 to 24. Default 24. */
  readonly max_len_exp?: number | undefined;
  /** Milliseconds until an unanswered PING is an error; false or 0: for ever. Default 2000. */
  readonly ping_timeout?: number | false | undefined;
  /** A PING every so many milliseconds, more than `ping_timeout`; false or 0: none. Default 0. */
  readonly autoping?: number | false | undefined;
  /** Whether an unanswered PING ends the stream. Default true. */
  readonly fail_on_ping_timeout?: boolean | undefined;
  /** Whether a PONG that answers no PING ends the stream. Default true. */
  readonly strict_pong?: boolean | undefined;
  /** It is checked, and has no effect, as in 26.x. */
  readonly packet_timeout?: number | false | undefined;
}

/** The part of a `net.Socket` that is used. */
export interface ProtocolStream {
  on(event: string, listener: (...given: Any[]) => void): unknown;
  write(octets: Uint8Array, callback?: (error?: Any) => void): unknown;
  end(): unknown;
}

/** The `EventEmitter` of Node.js underneath, which `on` gives back. */
export interface ProtocolEmitter {
  on(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
  once(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
  removeListener(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
}
