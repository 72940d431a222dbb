/*
 * Whoever comes from Autobahn|JS is told what became of its options.
 */
import type { Feature } from '../kernel/kernel.ts';

/** Autobahn's options, and where they are here. The first that fits counts. */
const autobahn: readonly (readonly [names: RegExp, now: string])[] = [
  [/^(onchallenge|auth(id|methods|extra))$/, 'in auth'],
  [/^max_retries$/, 'retry.maxAttempts'],
  [/^initial_retry_delay$/, 'retry.minMs'],
  [/^max_retry_delay$/, 'retry.maxMs'],
  [/^retry_/, 'in retry'],
  [/^transports$/, 'a list as url'],
  [/^protocols$/, 'in serializers'],
  [/^tls/, "webSocket(url, { tls }) of 'autostrada/node' as url"],
  [/^on_/, "on('error')"],
  [/^autoping_/, 'liveness'],
  [/^(use|skip)_/, 'not needed'],
];

export const autobahnOptions: Feature = {
  name: 'autobahnOptions',
  hint(name) {
    const now = autobahn.filter(([names]) => names.test(name))[0]?.[1];
    return now ? `; Autobahn's ${name} is ${now} here` : '';
  },
  install() {},
};
