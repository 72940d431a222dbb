/* What JetStream refuses, by the numbers or the words of its errors. */
import { messageOf } from '../../base/errors.ts';

const STREAM_NOT_FOUND = 10_059;
const WRONG_LAST_SEQUENCE = 10_071;
const WRONG_LAST_SEQUENCE_UNKNOWN = 10_164;

export function isMissing(error: unknown): boolean {
  return codeOf(error) === STREAM_NOT_FOUND;
}

/** Another revision was expected. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === WRONG_LAST_SEQUENCE || code === WRONG_LAST_SEQUENCE_UNKNOWN;
}

/** What to change, and where. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /jetstream (is )?not enabled for account/i,
    "expected `jetstream` in the account of the router's user, in the configuration of the server",
  ],
  [/jetstream (is )?not enabled/i, 'expected `jetstream` in the configuration of the server (or `nats-server -js`)'],
  [
    /replicas > 1|no suitable peers/i,
    'expected `replicas` of nats (`cluster.nats.replicas` in a configuration file) to be at most the number of servers with JetStream in their cluster',
  ],
  [
    /number of streams/i,
    'expected `max_streams` of the account (`jetstream` in the configuration of the server) to allow one for the cluster, one for each realm and one for each history',
  ],
  [
    /insufficient (storage )?resources|resource limits/i,
    'expected more room in `max_file` of the account, or `max_file_store` of the server (`jetstream` in its configuration)',
  ],
  [/max bytes set/i, 'expected no `max_bytes_required` in the account (`jetstream` in the configuration of the server)'],
  [
    /permissions violation/i,
    "expected `permissions` of the router's user, in the configuration of the server, as in the guide (Several machines)",
  ],
];

/** The text of an error, and what to change if JetStream has refused something. */
export function explain(error: unknown): string {
  const text = messageOf(error);
  const [, advice] = ADVICE.find(([words]) => words.test(text)) ?? [];
  return advice ? `${text}: ${advice}` : text;
}

/** Of a `JetStreamApiError`. */
function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
