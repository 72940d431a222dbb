import { type AuthroleConfig, type HistoryRule, Router } from 'autostrada/router';
import { describe, expect, test } from 'vitest';

/** What a router with these rules says at its start. */
function said(permissions: AuthroleConfig['permissions'], history: readonly HistoryRule[] = []): readonly string[] {
  const messages: string[] = [];
  const realm1 = { anonymous: 'guest', authroles: { guest: { permissions } }, history };
  new Router({ realms: { realm1 } }, { log: ({ level, message }) => messages.push(`${level}: ${message}`) });
  return messages;
}

const rules = (...uris: readonly string[]): AuthroleConfig['permissions'] =>
  uris.map((uri) => ({ uri, match: 'prefix', allow: 'all' as const }));

describe('unknown braces in a rule', () => {
  test('[G2] are not reported for {authid} in a permission rule', () => {
    expect(said(rules('com.{authid}.', 'com.example.'))).toEqual([]);
  });

  test.each([
    ['com.{authID}.', '{authID}', "; did you mean '{authid}'?"],
    ['com.{authId}.', '{authId}', "; did you mean '{authid}'?"],
    ['com.{user}.', '{user}', ''],
    ['com.{}.', '{}', ''],
    ['com.{authrole}.{authid}.', '{authrole}', ''],
  ])('[G2] are reported at the start: %s', (uri, word, hint) => {
    expect(said(rules('com.example.', uri))).toEqual([
      `warn: config.realms["realm1"].authroles["guest"].permissions[1].uri: ${word} stands for nothing here, only {authid} does: it is taken as it is written${hint}`,
    ]);
  });

  test('[G2] are all reported', () => {
    expect(said(rules('com.{realm}.{user}.'))).toEqual([
      expect.stringContaining('{realm} stands for nothing'),
      expect.stringContaining('{user} stands for nothing'),
    ]);
  });

  test('[G2] are reported for {authid} in a history rule, too: a history has no caller', () => {
    expect(said(rules('com.'), [{ uri: 'com.{authid}', limit: 1 }])).toEqual([
      'warn: config.realms["realm1"].history[0].uri: {authid} stands for nothing here: it is taken as it is written',
    ]);
  });
});

describe('rules without an effect', () => {
  test.each(['*', 'com.*', 'com.example.*.do'])('[G2] [G3] are reported for %s: here a star is only a star', (uri) => {
    expect(said(rules(uri))).toEqual([expect.stringContaining('permissions[0].uri: * stands for nothing here')]);
  });

  test('[G2] [G3] are reported for a wildcard below a prefix: the prefix allows what it forbids', () => {
    const deny = { uri: 'com.app..admin', match: 'wildcard', allow: [] } as const;
    const text = "for every URI that this wildcard matches, the rule for the prefix 'com.app.' comes first";
    expect(said([deny, { uri: 'com.app.', match: 'prefix', allow: 'all' }])).toEqual([
      `warn: config.realms["realm1"].authroles["guest"].permissions[0]: ${text}`,
    ]);
    expect(said([deny, { uri: 'com.app.chess.', match: 'prefix', allow: 'all' }])).toEqual([]);
    expect(said([deny, { uri: 'com.app', match: 'exact', allow: 'all' }])).toEqual([]);
  });
});
