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

describe('braces in a rule that stand for nothing', () => {
  test('[G2] {authid} in a permission rule is known', () => {
    expect(said(rules('com.{authid}.', 'com.example.'))).toEqual([]);
  });

  test.each([
    ['com.{authID}.', '{authID}', "; did you mean '{authid}'?"],
    ['com.{authId}.', '{authId}', "; did you mean '{authid}'?"],
    ['com.{user}.', '{user}', ''],
    ['com.{}.', '{}', ''],
    ['com.{authrole}.{authid}.', '{authrole}', ''],
  ])('[G2] %s is told at the start', (uri, word, hint) => {
    expect(said(rules('com.example.', uri))).toEqual([
      `warn: config.realms["realm1"].authroles["guest"].permissions[1].uri: ${word} stands for nothing here, only {authid} does: it is taken as it is written${hint}`,
    ]);
  });

  test('[G2] each of several is reported', () => {
    expect(said(rules('com.{realm}.{user}.'))).toEqual([
      expect.stringContaining('{realm} stands for nothing'),
      expect.stringContaining('{user} stands for nothing'),
    ]);
  });

  test('[G2] in a history rule {authid} is reported, too: a history has no caller', () => {
    expect(said(rules('com.'), [{ uri: 'com.{authid}', limit: 1 }])).toEqual([
      'warn: config.realms["realm1"].history[0].uri: {authid} stands for nothing here: it is taken as it is written',
    ]);
  });
});

describe('rules that decide nothing', () => {
  test.each(['*', 'com.*', 'com.example.*.do'])('[G2] [G3] %s is reported: here a star is only a star', (uri) => {
    expect(said(rules(uri))).toEqual([expect.stringContaining('permissions[0].uri: * stands for nothing here')]);
  });

  test('[G2] [G3] a wildcard below a prefix is reported: what it forbids, the prefix allows', () => {
    const deny = { uri: 'com.app..admin', match: 'wildcard', allow: [] } as const;
    const text = "for every URI that this wildcard matches, the rule for the prefix 'com.app.' comes first";
    expect(said([deny, { uri: 'com.app.', match: 'prefix', allow: 'all' }])).toEqual([
      `warn: config.realms["realm1"].authroles["guest"].permissions[0]: ${text}`,
    ]);
    expect(said([deny, { uri: 'com.app.chess.', match: 'prefix', allow: 'all' }])).toEqual([]);
    expect(said([deny, { uri: 'com.app', match: 'exact', allow: 'all' }])).toEqual([]);
  });
});
