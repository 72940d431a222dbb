/* ConnectionOptions.passthru: there, not there, and one's own. */
import { Connection, type PayloadPassthru, passthru, Result } from 'autostrada';
import { expect, it } from 'vitest';
import { CALL, RESULT } from '../fixtures/messages.ts';
import { ScriptedRouter } from '../fixtures/scripted-peer.ts';
import { failure, join } from '../fixtures/scripted-session.ts';

const PASSTHRU = { payload_passthru_mode: true };
const able = { broker: PASSTHRU, dealer: PASSTHRU };
const ppt = { ppt_scheme: 'x_mine', ppt_serializer: 'json' };
const five = new TextEncoder().encode('{"args":[5],"kwargs":{}}');

it.each([
  [true, { passthru: passthru() }],
  [false, {}],
])('[C46] [C01] passthru is announced by all four roles: %s, as the connection was given it', async (isThere, options) => {
  const router = new ScriptedRouter();
  const connection = new Connection({ url: router, realm: 'realm1', retry: false, ...options });
  const opening = failure(connection.open());
  const peer = await router.peer();
  const [, , details] = await peer.next();
  const roles: { readonly features: object }[] = Object.values((details as { roles: object }).roles);
  expect(roles.map(({ features }) => 'payload_passthru_mode' in features)).toEqual(Array(4).fill(isThere));
  peer.close();
  await opening;
});

it('[C46] options without passthru() are refused, and incoming payloads are delivered packed', async () => {
  const { session, peer } = await join({}, able);
  expect(await failure(session.call('a.b', [5], null, ppt))).toMatchObject({
    uri: 'wamp.error.feature_not_supported',
    args: ['ppt_scheme needs ConnectionOptions.passthru'],
  });
  const call = session.callResult('a.b');
  await peer.expect(CALL(1, {}, 'a.b'));
  peer.send(RESULT(1, ppt, [five]));
  expect(await call).toEqual(new Result([five], {}, ppt));
});

it('[C46] a custom passthru may encrypt, and its errors are reported to the request', async () => {
  const flip = (item: Uint8Array): Uint8Array => item.map((byte) => byte ^ 0xff);
  const packing = passthru();
  const own: PayloadPassthru = {
    pack: (args, kwargs, { ppt_cipher, ...options }) => flip(packing.pack(args, kwargs, options)),
    unpack: (item, { ppt_cipher, ppt_keyid, ...details }) => {
      if (ppt_keyid) throw new Error(`no key ${ppt_keyid}`);
      return packing.unpack(flip(item), details);
    },
  };
  const options = { ...ppt, ppt_cipher: 'x_flip' };
  const { session, peer } = await join({ passthru: own }, able);
  const sent = session.call('a.b', [5], null, options);
  const got = failure(session.call('a.b'));
  await peer.expect(CALL(1, options, 'a.b', [flip(five)]));
  peer.send(RESULT(1, options, [flip(five)]), RESULT(2, { ...options, ppt_keyid: 'key1' }, [five]));
  expect(await sent).toBe(5);
  expect(await got).toMatchObject({ name: 'SerializationError', message: 'no key key1', cause: { name: 'Error' } });
});
