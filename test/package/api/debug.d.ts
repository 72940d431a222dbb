/// <reference lib="esnext.disposable" />
import { Connection } from './index.js';
import { Id, Uri } from './index.js';
import { WireLogEntry } from './index.js';
import './types/uri.js';
import './types/contract.js';
import './types/middleware-api.js';
import './types/credentials.js';
import './types/clock.js';
import './types/serializer.js';
import './types/transport.js';

/**
 * What a connection does now, as lines for a person: its state and session, its handles and why they are not active, what waits, and the last losses with their reasons. Without secrets
 * and payloads.
 *
 * @throws TypeError for anything but a connection.
 * @example console.log(inspect(connection));
 */
declare function inspect(connection: Pick<Connection<any>, 'status' | 'handles' | 'stats' | 'session' | 'clock'>): string;

/** One message, as {@link wireLog} tells it. */
interface WireLine extends WireLogEntry {
    /** Milliseconds since 1970. */
    readonly time: number;
    /** Of a request or its answer. Undefined: it has none, as HELLO and EVENT. */
    readonly request: Id | undefined;
    /** The procedure or topic; of an answer that of its request, of an event that of its subscription. */
    readonly uri: Uri | undefined;
    /** Of an answer: since its request, in milliseconds. */
    readonly tookMs: number | undefined;
    /** All of it as one line, without characters that command a terminal. */
    readonly text: string;
}
interface WireLogOptions {
    /** Which messages are shown: those with URIs that begin with this, or those for which the function returns true. Default: all. */
    readonly filter?: string | ((line: WireLine) => boolean) | undefined;
    /** The method of the console. Browsers show `debug` only if they are told to, `log` and `info` always. Default `debug`. */
    readonly level?: 'debug' | 'log' | 'info' | undefined;
    /** Whether payloads are in the line as text, cut after 200 characters. `false`: the console gets the message as a list beside the line, and may unfold it. Default true. */
    readonly pretty?: boolean | undefined;
    /** Gets each line instead of the console. */
    readonly write?: ((line: WireLine) => void) | undefined;
}
/**
 * For the option `wireLog`: every message as a line with its time and size; answers have the URI of their request, and the time that it took.
 *
 * @returns A function for one connection.
 * @throws TypeError for wrong options.
 * @example
 * new Connection({ url, realm, wireLog: wireLog({ filter: 'com.example.', level: 'info' }) });
 */
declare function wireLog(options?: WireLogOptions): (entry: WireLogEntry) => void;

export { inspect, wireLog };
export type { WireLine, WireLogOptions };
