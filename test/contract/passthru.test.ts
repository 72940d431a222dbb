/* WAMP "Payload Passthru Mode", end to end: our client at both ends, our router between. */
import { ApplicationError, type Connection, type ConnectionOptions, passthru, Result } from 'autostrada';
import { msgpack } from 'autostrada/msgpack';
import { expect, it } from 'vitest';
import { type Bench, overMatrix, overMixed } from '../fixtures/matrix.ts';
import { failure } from '../fixtures/scripted-session.ts';

const bytes = Uint8Array.of(0, 1, 255);
const kwargs = { big: 2 ** 53, deep: { bytes } };
const able: Partial<ConnectionOptions> = { passthru: passthru({ serializers: [msgpack()] }) };
const UNSUPPORTED = 'wamp.error.feature_not_supported';

function contract(bench: Bench, pair: () => [Connection, Connection]): void {
  for (const ppt_serializer of ['json', 'msgpack']) {
    const ppt = { ppt_scheme: 'x_mine', ppt_serializer };

    it(`[R63] [C46] payload passthru carries a call, its progress, its result and its error, packed in ${ppt_serializer}`, async () => {
      const [caller, callee] = pair();
      const seen: unknown[] = [];
      await callee.register('com.example.echo', (args: unknown[], kwargs: object, details) => {
        seen.push([args, kwargs, details.ppt_serializer]);
        if (details.sendProgress(new Result([1], {}, ppt))) return new Result(args, kwargs, { ...details });
        throw new ApplicationError('com.example.error', args, kwargs, { details: ppt });
      }).ready;
      const heard: unknown[] = [];
      const options = { ...ppt, onProgress: (value: unknown) => heard.push(value) };
      const result = await caller.callResult('com.example.echo', [bytes, 'ü'], kwargs, options);
      expect([result.args, result.kwargs, result.details]).toEqual([[bytes, 'ü'], kwargs, ppt]);
      expect(heard).toEqual([1]);
      const error = await failure(caller.call('com.example.echo', [bytes], kwargs, ppt));
      expect(error).toMatchObject({ uri: 'com.example.error', args: [bytes], kwargs, details: ppt });
      expect(seen).toEqual([
        [[bytes, 'ü'], kwargs, ppt_serializer],
        [[bytes], kwargs, ppt_serializer],
      ]);
    });

    it(`[R63] [C45] [C46] [C57] payload passthru carries each input of a progressive call, packed in ${ppt_serializer}`, async () => {
      const [caller, callee] = pair();
      await callee.register('com.example.collect', async ([first]: [unknown], _kwargs, details) => {
        const all = [first];
        for await (const input of details.furtherInputs) all.push(input);
        return all;
      }).ready;
      const options = { ...ppt, inputsFrom: [bytes, 2, new Result([3, 4])] };
      expect(await caller.call('com.example.collect', [1], null, options)).toEqual([
        1,
        bytes,
        2,
        expect.objectContaining({ args: [3, 4] }),
      ]);
    });

    it(`[R63] [C21] [C46] payload passthru carries an event, which is also retained, packed in ${ppt_serializer}`, async () => {
      const [publisher, subscriber] = pair();
      const heard: unknown[] = [];
      const onEvent = (args: unknown, kwargs: unknown, details: { readonly ppt_serializer?: string | undefined }): unknown =>
        heard.push([args, kwargs, details.ppt_serializer]);
      await subscriber.subscribe('com.example.news', onEvent).ready;
      await publisher.publish('com.example.news', [bytes], kwargs, { ...ppt, acknowledge: true, retain: true });
      await subscriber.subscribe('com.example.', onEvent, { match: 'prefix', get_retained: true }).ready;
      await expect.poll(() => heard).toEqual(Array(2).fill([[bytes], kwargs, ppt_serializer]));
    });
  }

  it('[R63] [C46] payload passthru carries bytes that nobody packs, with a cipher and without', async () => {
    const [caller, callee] = pair();
    await callee.register('com.example.echo', (args: unknown[], _kwargs, details) => new Result(args, {}, { ...details })).ready;
    for (const ppt of [
      { ppt_scheme: 'mqtt' },
      { ppt_scheme: 'wamp', ppt_serializer: 'cbor', ppt_cipher: 'xsalsa20poly1305', ppt_keyid: 'key1' },
    ])
      expect(await caller.callResult('com.example.echo', [bytes], null, ppt)).toEqual(new Result([bytes], {}, ppt));
  });

  it('[R63] [C46] payload passthru is refused for a callee or a caller that has not announced it', async () => {
    const [caller, callee] = pair();
    const plain = bench.connect();
    const ppt = { ppt_scheme: 'x_mine', ppt_serializer: 'json' };
    const reported: unknown[] = [];
    callee.on('error', (error) => reported.push(error));
    await plain.register('com.example.plain', () => 1).ready;
    await callee.register('com.example.packed', () => new Result([1], {}, ppt)).ready;
    expect(await failure(caller.call('com.example.plain', [], null, ppt))).toMatchObject({ uri: UNSUPPORTED });
    expect(await failure(plain.call('com.example.packed'))).toMatchObject({ uri: UNSUPPORTED });
    await expect.poll(() => reported).toMatchObject([{ uri: UNSUPPORTED }]);
    expect(await caller.call('com.example.packed')).toBe(1);
  });
}

overMatrix('payload passthru', (bench) => contract(bench, () => [bench.connect(able), bench.connect(able)]));
overMixed('payload passthru', contract, able);
