import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../src/protocol/codec.ts';
import { announced, clientRoles, routerRoles } from '../../src/protocol/features.ts';
import { HELLO, WELCOME } from '../fixtures/messages.ts';
import { everyInbound } from './forms.ts';

describe('the announcement of features', () => {
  it('has all four roles of a client and both of a router [C01] [R03]', () => {
    expect(Object.keys(clientRoles)).toEqual(['publisher', 'subscriber', 'caller', 'callee']);
    expect(Object.keys(routerRoles)).toEqual(['broker', 'dealer']);
  });

  it('is legal on the wire', () => {
    expect(parseMessage(HELLO('realm1', { roles: clientRoles }), everyInbound)).toBeDefined();
    expect(parseMessage(WELCOME(1, { roles: routerRoles }), everyInbound)).toBeDefined();
  });

  it('uses WAMP’s names, with true', () => {
    for (const { features } of [...Object.values(clientRoles), ...Object.values(routerRoles)]) {
      for (const [name, value] of Object.entries(features)) {
        expect(name).toMatch(/^[a-z][a-z0-9_]{2,}$/);
        expect(value).toBe(true);
      }
    }
  });
});

describe('the announcement of the other end', () => {
  const of = (roles: unknown) => announced({ roles }, ['broker', 'dealer']);

  it('is read by role and feature [C03]', () => {
    expect(of({ broker: { features: { publisher_exclusion: true } }, dealer: {} })).toEqual({
      broker: { publisher_exclusion: true },
      dealer: {},
    });
  });

  it('leaves out roles that were not announced, and roles of others', () => {
    expect(of({ dealer: {} })).toEqual({ dealer: {} });
    expect(of({ caller: {} })).toEqual({});
    expect(of({})).toEqual({});
  });

  it('treats a feature with any value but true as absent', () => {
    expect(
      of({ broker: { features: { a_feature: false, b_feature: 1, c_feature: 'yes', d_feature: null, e_feature: true } } }),
    ).toEqual({
      broker: { a_feature: false, b_feature: false, c_feature: false, d_feature: false, e_feature: true },
    });
  });

  it.each([undefined, null, [], 'broker', 1])('is empty when roles are %j', (roles) => {
    expect(of(roles)).toEqual({});
  });
});
