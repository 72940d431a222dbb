/*
 * Events as webhooks: each event of a subscription is posted to a URL, signed as Standard Webhooks has it, and tried again when that fails. It stands on a connection as any
 * program could, so it runs as a component beside the router, and not inside it. What waits is in memory.
 */
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { type Check, show } from '../../base/checks.ts';
import { MAX_DELAY_MS } from '../../base/clock.ts';
import { makeDisposable } from '../../base/dispose.ts';
import { messageOf } from '../../base/errors.ts';
import { checkOptions, type Known, oneOf } from '../../base/options.ts';
import type { Dict, Uri } from '../../base/words.ts';
import { validPattern, validUri } from '../../protocol/uri.ts';
import { json } from '../../serializer/json.ts';

/** What a webhook needs of a `Connection`. */
export interface WebhookConnection {
  subscribe(
    topic: string,
    handler: (args: readonly unknown[], kwargs: Dict, details: { readonly topic: Uri; readonly publication: number }) => void,
    options?: { readonly match?: 'exact' | 'prefix' | 'wildcard' },
  ): { readonly ready: Promise<unknown>; unsubscribe(): Promise<void> };
  publish(topic: string, args: readonly unknown[], kwargs: Dict): unknown;
}

export interface WebhookOptions {
  /** Which events. */
  readonly topic: Uri;
  /** Default `exact`. */
  readonly match?: 'exact' | 'prefix' | 'wildcard' | undefined;
  /** Where they are posted, by `http:` or `https:`. Redirects are not followed. */
  readonly url: string;
  /** The key of the signature: `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks). */
  readonly secret: string;
  /** The topic on which an event is published that could not be delivered. Default: none. */
  readonly deadLetter?: Uri | undefined;
  /** How long one attempt may take, in milliseconds. Default 15 000. */
  readonly timeoutMs?: number | undefined;
  /** How long to wait before each further attempt, in milliseconds; up to a fifth more by chance. Default 5 s, 5 min, 30 min, 2 h. */
  readonly retryMs?: readonly number[] | undefined;
  /** Events that are on their way or wait for another attempt. Default 1000. One more is not delivered. */
  readonly maxPending?: number | undefined;
}

export interface Webhook extends AsyncDisposable {
  /** Resolves when it is subscribed. Rejects with the error of the subscription. */
  readonly ready: Promise<void>;
  /** Events that are on their way or wait for another attempt. */
  readonly pending: number;
  /** Unsubscribes, and gives up what waits: each such event goes to `deadLetter`. */
  close(): Promise<void>;
}

const after = promisify(setTimeout);
const RETRY_MS: readonly number[] = [5_000, 300_000, 1_800_000, 7_200_000];
const delay: Check = (value) =>
  typeof value === 'number' && value >= 1 && value <= MAX_DELAY_MS ? undefined : `milliseconds from 1 to ${MAX_DELAY_MS}`;

const known: Known & { readonly [name in keyof Required<WebhookOptions>]: Check } = {
  topic: validPattern,
  match: oneOf('exact', 'prefix', 'wildcard'),
  url: (value) =>
    typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
      ? undefined
      : 'a URL with http: or https:',
  secret: (value) => (keyOf(value) === undefined ? "'whsec_' and base64 of 24 to 64 bytes" : undefined),
  deadLetter: validUri,
  timeoutMs: delay,
  retryMs: (value) =>
    Array.isArray(value) && value.every((one) => delay(one) === undefined) ? undefined : 'a list of milliseconds, each from 1 on',
  maxPending: (value) => (Number.isInteger(value) && Number(value) >= 1 ? undefined : 'an integer from 1 on'),
};

function keyOf(secret: unknown): Buffer | undefined {
  const [, base64 = ''] = (typeof secret === 'string' && /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)) || [];
  const key = Buffer.from(base64, 'base64');
  return key.length >= 24 && key.length <= 64 ? key : undefined;
}

/** The secret is not shown, nor is a URL with a login. */
function withoutText(value: unknown): string {
  return typeof value === 'string' ? `a text of ${value.length} characters` : show(value);
}

interface Delivery {
  readonly id: string;
  readonly topic: Uri;
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
  readonly body: string;
}

/** What an attempt gave. `waitMs`: what the other side asked for. */
type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly why: string; readonly waitMs: number; readonly isFinal: boolean };

/**
 * Posts the events of a subscription to a URL, as `{"type":topic,"timestamp":…,"data":{"args":[…],"kwargs":{…}}}` with the headers `webhook-id`, `webhook-timestamp` and
 * `webhook-signature` of Standard Webhooks. A status from 200 to 299 means that it was taken, 410 that it must not be tried again.
 *
 * An event may come more than once, or in another order: `webhook-id` is the same for each attempt.
 *
 * @param connection - A `Connection`. It stays open.
 * @throws TypeError for an option that is missing, unknown or out of range.
 * @example
 * export default (connection) => webhook(connection, { topic: 'com.shop.order.placed', url: 'https://example.com/hook', secret: process.env.SECRET });
 */
export function webhook(connection: WebhookConnection, options: WebhookOptions): Webhook {
  checkOptions('webhook', options, known, withoutText);
  for (const name of ['topic', 'url', 'secret'] as const)
    if (options[name] === undefined) throw new TypeError(`expected ${name} of webhook, got nothing`);
  const { topic, match = 'exact', url, secret, deadLetter, timeoutMs = 15_000, retryMs = RETRY_MS, maxPending = 1000 } = options;
  const key = keyOf(secret) ?? Buffer.alloc(0); // checked above
  const { encode } = json();
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();

  const attempt = async ({ id, body }: Delivery): Promise<Outcome> => {
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const failed = (why: string, waitMs = 0, isFinal = false): Outcome => ({ kind: 'failed', why, waitMs, isFinal });
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.any([stopped.signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'autostrada-webhook',
          'webhook-id': id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': `v1,${signature}`,
        },
        body,
      });
      await response.body?.cancel();
      if (response.ok) return { kind: 'delivered' };
      const seconds = /^\d{1,6}$/.exec(response.headers.get('retry-after') ?? '')?.[0];
      return failed(`status ${response.status}`, Number(seconds ?? 0) * 1000, response.status === 410);
    } catch (error) {
      return failed(messageOf(error));
    }
  };

  const giveUp = ({ id, topic, args, kwargs }: Delivery, why: string): void => {
    if (deadLetter === undefined) return;
    try {
      connection.publish(deadLetter, [{ id, topic, args, kwargs, url: new URL(url).origin, why }], {});
    } catch {
      // There is no session, and this event is lost.
    }
  };

  const deliver = async (delivery: Delivery): Promise<void> => {
    for (let tries = 0; ; tries++) {
      const outcome = await attempt(delivery);
      if (outcome.kind === 'delivered') return;
      const next = retryMs[tries];
      if (next === undefined || outcome.isFinal || stopped.signal.aborted) return giveUp(delivery, outcome.why);
      const waitMs = Math.min(MAX_DELAY_MS, Math.max(outcome.waitMs, next * (1 + Math.random() / 5)));
      await after(waitMs, undefined, { signal: stopped.signal, ref: false }).catch(() => {});
    }
  };

  const take = (args: readonly unknown[], kwargs: Dict, details: { readonly topic: Uri; readonly publication: number }): void => {
    const id = `msg_${details.publication}`;
    const data = { type: details.topic, timestamp: new Date().toISOString(), data: { args, kwargs } };
    const delivery = { id, topic: details.topic, args, kwargs, body: String(encode(data)) };
    if (running.size >= maxPending) return giveUp(delivery, 'too many events wait');
    const done = deliver(delivery);
    running.add(done);
    void done.finally(() => running.delete(done));
  };

  const handle = connection.subscribe(topic, take, { match });
  const made: Omit<Webhook, keyof AsyncDisposable> = {
    ready: handle.ready.then(() => {}),
    get pending() {
      return running.size;
    },
    async close() {
      stopped.abort();
      await handle.unsubscribe();
      await Promise.all(running);
    },
  };
  made.ready.catch(() => {}); // reported by the connection, if nobody waits for it
  makeDisposable(made, () => made.close());
  return made;
}
