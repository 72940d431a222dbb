import {
  ConnectionLostError,
  FatalError,
  JoinError,
  ProtocolError,
  TimeoutError,
  TransportError,
  type WampError,
} from 'autostrada';
import { describe, expect, it } from 'vitest';
import { nextDelay, verdict } from '../../src/client/connection/retry.ts';

const lost = (uri: string): WampError => new ConnectionLostError(uri, uri);
const refused = (uri: string): WampError => new JoinError(uri, uri);
const noLine = (uri: string): WampError => new TransportError(uri, { uri });

const table: [string, WampError, ReturnType<typeof verdict>, ReturnType<typeof verdict>][] = [
  ['unreachable', new TransportError('x'), 'retry', 'retry'],
  ['join timeout', new TimeoutError('x'), 'retry', 'retry'],
  ['invalid URL', noLine('autostrada.error.invalid_url'), 'stop', 'retry'],
  ['no common subprotocol', noLine('autostrada.error.no_subprotocol'), 'stop', 'retry'],
  ['no WebSocket there', noLine('autostrada.error.no_websocket'), 'stop', 'retry'],
  ['ABORT no_such_realm', refused('wamp.error.no_such_realm'), 'stop', 'retry'],
  ['ABORT too_many_logins', refused('autostrada.error.too_many_logins'), 'stop', 'retry'],
  ['ABORT authentication_failed', refused('wamp.error.authentication_failed'), 'stop', 'retry'],
  ['ABORT with something unknown', refused('com.example.odd'), 'stop', 'retry'],
  ['ABORT authentication_denied', refused('wamp.error.authentication_denied'), 'stop', 'stop'],
  ['ABORT no_such_principal', refused('wamp.error.no_such_principal'), 'stop', 'stop'],
  ['ABORT not_authorized', refused('wamp.error.not_authorized'), 'stop', 'stop'],
  ['ABORT no_matching_auth_method', refused('wamp.error.no_matching_auth_method'), 'stop', 'stop'],
  ['GOODBYE system_shutdown', lost('wamp.close.system_shutdown'), 'retry', 'retry'],
  ['GOODBYE close_realm', lost('wamp.close.close_realm'), 'retry', 'retry'],
  ['GOODBYE killed', lost('wamp.close.killed'), 'retry', 'retry'],
  ['line lost', lost('wamp.error.network_failure'), 'retry', 'retry'],
  ['GOODBYE normal', lost('wamp.close.normal'), 'stop', 'stop'],
  ['GOODBYE logout', lost('wamp.close.logout'), 'stop', 'stop'],
  ['our violation', lost('wamp.error.protocol_violation'), 'stop', 'retry at the cap'],
  ['their violation', new ProtocolError('x'), 'stop', 'retry at the cap'],
  ['FatalError', new FatalError('x'), 'stop', 'stop'],
];

describe('[N6] the retry policy', () => {
  it.each(table)('follows its table: %s', (_, error, first, later) => {
    expect([verdict(error, true), verdict(error, false)]).toEqual([first, later]);
  });

  it('doubles a limit up to the maximum, and takes a random part of it', () => {
    const delay = (attempt: number, random: number) =>
      nextDelay(
        { attempt, elapsedMs: 0, error: new TransportError('x'), isFirst: true, mayAskAgain: false },
        { minMs: 100, maxMs: 1000 },
        () => random,
      );
    expect([0, 1, 2, 3, 4, 5, 50, 5000].map((attempt) => delay(attempt, 1))).toEqual([100, 100, 200, 400, 800, 1000, 1000, 1000]);
    expect(delay(4, 0)).toBe(0);
    expect(delay(4, 0.5)).toBe(400);
  });

  it('waits up to the maximum after a violation', () => {
    const failure = { attempt: 1, elapsedMs: 0, error: new ProtocolError('x'), isFirst: false, mayAskAgain: false };
    expect(nextDelay(failure, {}, () => 1)).toBe(30_000);
  });

  it('lets `decide` continue where the table stops', () => {
    const failure = { attempt: 1, elapsedMs: 0, error: new FatalError('x'), isFirst: true, mayAskAgain: false };
    expect(nextDelay(failure, {}, () => 1)).toBe(false);
    expect(nextDelay(failure, { decide: ({ proposal }) => (proposal === false ? 5 : 0) }, () => 1)).toBe(5);
  });
});
