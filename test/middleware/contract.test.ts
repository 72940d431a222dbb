/* Contracts checked at run time, between two connections over the test router. */
import {
  ApplicationError,
  type Connection,
  type ConnectionOptions,
  defineMiddleware,
  type InvocationDetails,
  Result,
} from 'autostrada';
import { type ContractDefinition, defineContract, type Schema } from 'autostrada/contract';
import * as v from 'valibot'; // small schemas, MIT, kept by the authors of Standard Schema
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod'; // the schemas that most people have, MIT
import { failure } from '../fixtures/scripted-session.ts';
import { testBench } from '../testing/bench.ts';

/** Written by hand: a string, or a promise of the answer. */
function text(isAsync = false): Schema<string> {
  const check = (value: unknown) =>
    typeof value === 'string' ? { value } : { issues: [{ message: 'expected text', path: [{ key: 'deep' }, 0] }] };
  return {
    '~standard': { version: 1, vendor: 'us', validate: (value) => (isAsync ? Promise.resolve(check(value)) : check(value)) },
  };
}
const tupleOf = (schema: Schema<string>, isAsync = false): Schema<[string]> => ({
  '~standard': {
    version: 1,
    vendor: 'us',
    validate: (value) => {
      const result = schema['~standard'].validate((value as unknown[])[0]);
      const wrap = (done: Awaited<typeof result>) => (done.issues ? done : { value: [done.value] as [string] });
      return isAsync ? Promise.resolve(result).then(wrap) : wrap(result as Awaited<typeof result>);
    },
  },
});

const vendors = {
  zod: {
    procedures: {
      'a.price': {
        args: z.tuple([z.string()]),
        kwargs: z.strictObject({ currency: z.string().optional() }),
        result: z.number(),
        progress: z.number(),
        input: z.string(),
      },
      'a.player..move': { args: z.tuple([z.object({ from: z.string() })]) },
    },
    topics: { 'a.news': { args: z.tuple([z.string()]), kwargs: z.object({ at: z.number().optional() }) } },
  },
  valibot: {
    procedures: {
      'a.price': {
        args: v.tuple([v.string()]),
        kwargs: v.strictObject({ currency: v.optional(v.string()) }),
        result: v.number(),
        progress: v.number(),
        input: v.string(),
      },
      'a.player..move': { args: v.tuple([v.object({ from: v.string() })]) },
    },
    topics: { 'a.news': { args: v.tuple([v.string()]), kwargs: v.object({ at: v.optional(v.number()) }) } },
  },
} as const;

interface Two {
  readonly service: Connection;
  readonly client: Connection;
  readonly reported: unknown[];
  /** What the client's `on('error')` was told. */
  settled(): Promise<void>;
}
function two(service: Partial<ConnectionOptions>, client: Partial<ConnectionOptions>): Two {
  const { router, connect } = testBench();
  const reported: unknown[] = [];
  const asking = connect('client', client);
  asking.on('error', (error, { where, uri }) => reported.push({ uri: (error as ApplicationError).uri, where, of: uri }));
  return { service: connect('service', service), client: asking, reported, settled: () => router.settled() };
}
const untyped = (definition: ContractDefinition, check?: 'incoming' | 'both'): Partial<ConnectionOptions> => ({
  middleware: [defineContract(definition, { check })],
});

describe.each(Object.entries(vendors))('[N12] a contract of %s', (_, definition) => {
  it('answers invalid arguments with the issues, and does not run the endpoint', async () => {
    const { service, client } = two(untyped(definition), {});
    const endpoint = vi.fn(() => 1);
    await service.register('a.price', endpoint).ready;
    const error = await failure(client.call('a.price', [5]));
    expect(error).toMatchObject({
      uri: 'wamp.error.invalid_argument',
      args: [expect.stringMatching(/^a\.price does not fit the contract: args\.0: /)],
      kwargs: { issues: [{ message: expect.any(String), path: ['args', 0] }] },
    });
    const odd = await failure(client.call('a.price', ['x'], { curency: 'EUR' }));
    expect(odd).toMatchObject({
      uri: 'wamp.error.invalid_argument',
      kwargs: { issues: [{ path: expect.arrayContaining(['kwargs']) }] },
    });
    expect(endpoint).not.toHaveBeenCalled();
    expect(await client.call('a.price', ['x'], { currency: 'EUR' })).toBe(1);
  });

  it('rejects a call whose result is invalid', async () => {
    const { service, client } = two({}, untyped(definition));
    await service.register('a.price', ([sku]: [string]) => (sku === 'bad' ? 'much' : 3)).ready;
    expect(await failure(client.call('a.price', ['bad']))).toMatchObject({
      uri: 'wamp.error.invalid_argument',
      kwargs: { issues: [{ path: ['result'] }] },
    });
    expect(await client.call('a.price', ['good'])).toBe(3);
    expect((await client.callResult('a.price', ['good'])).args).toEqual([3]);
  });

  it('drops invalid events, and reports them to on(error)', async () => {
    const { service, client, reported, settled } = two({}, untyped(definition));
    const handler = vi.fn();
    await client.subscribe('a.news', handler).ready;
    await client.subscribe('a.', handler, { match: 'prefix' }).ready;
    await service.open();
    service.publish('a.news', [1]);
    service.publish('a.news', ['hi'], { at: 'noon' });
    service.publish('a.news', ['hi'], { at: 12 });
    await settled();
    expect(handler.mock.calls.map(([args, kwargs]) => [args, kwargs])).toEqual([
      [['hi'], { at: 12 }],
      [['hi'], { at: 12 }],
    ]);
    expect(reported).toEqual(Array(4).fill({ uri: 'wamp.error.invalid_argument', where: 'event', of: 'a.news' }));
  });

  it('supports wildcards, component by component', async () => {
    const { service, client } = two(untyped(definition), {});
    await service.register('a.player.', () => 'moved', { match: 'prefix' }).ready;
    expect((await failure(client.call('a.player.joe.move', [{ from: 2 }]))).uri).toBe('wamp.error.invalid_argument');
    expect(await client.call('a.player.joe.move', [{ from: 'e2' }])).toBe('moved');
    expect(await client.call('a.player.joe.too.move', [{ from: 2 }])).toBe('moved');
  });

  it('drops invalid progress, and stops at an invalid input', async () => {
    const both = two(untyped(definition), untyped(definition));
    const inputs: unknown[] = [];
    await both.service.register('a.price', async (_args, _kwargs, details) => {
      details.sendProgress(1);
      details.sendProgress('half');
      for await (const input of details.furtherInputs) inputs.push(input);
      return 2;
    }).ready;
    const onProgress = vi.fn();
    expect(await both.client.call('a.price', ['x'], null, { onProgress, inputsFrom: ['a', 'b'] })).toBe(2);
    expect(onProgress.mock.calls).toEqual([[1]]);
    expect(both.reported).toEqual([{ uri: 'wamp.error.invalid_argument', where: 'progress', of: 'a.price' }]);
    const error = await failure(both.client.call('a.price', ['x'], null, { inputsFrom: ['c', 5] }));
    expect(error).toMatchObject({ uri: 'wamp.error.invalid_argument', kwargs: { issues: [{ path: ['input'] }] } });
    expect(inputs).toEqual(['a', 'b', 'c']);
  });

  it('with check: both refuses invalid data before it is sent', async () => {
    const { service, client } = two({}, untyped(definition, 'both'));
    const inputs: unknown[] = [];
    const endpoint = async (_args: unknown, _kwargs: unknown, details: InvocationDetails) => {
      for await (const input of details.furtherInputs) inputs.push(input);
      return 1;
    };
    await service.register('a.price', endpoint).ready;
    expect((await failure(client.call('a.price', [5]))).uri).toBe('wamp.error.invalid_argument');
    expect(() => client.publish('a.news', [5])).toThrow('a.news does not fit the contract: args.0');
    expect((await failure(client.publish('a.news', [5], null, { acknowledge: true }))).uri).toBe('wamp.error.invalid_argument');
    expect((await failure(client.call('a.price', ['x'], null, { inputsFrom: ['a', 5] }))).uri).toBe('wamp.error.invalid_argument');
    expect(inputs).toEqual(['a']);
    client.publish('a.news', ['hi']);
    expect(await client.call('a.price', ['x'])).toBe(1);
  });

  it('with check: both refuses invalid results and progress of its endpoints', async () => {
    const { service, client } = two(untyped(definition, 'both'), {});
    const thrown = vi.fn();
    await service.register('a.price', ([sku]: [string], _kwargs, { sendProgress }) => {
      try {
        sendProgress('half');
      } catch (error) {
        thrown((error as ApplicationError).uri);
      }
      return sku === 'bad' ? 'much' : 3;
    }).ready;
    const onProgress = vi.fn();
    expect((await failure(client.call('a.price', ['bad'], null, { onProgress }))).uri).toBe('wamp.error.invalid_argument');
    expect(await client.call('a.price', ['good'])).toBe(3);
    expect(onProgress).not.toHaveBeenCalled();
    expect(thrown).toHaveBeenCalledWith('wamp.error.invalid_argument');
  });
});

describe('[N12] a contract of schemas written by hand', () => {
  it.each([false, true])('checks both directions, async: %s', async (isAsync) => {
    const schema = text(isAsync);
    const args = tupleOf(schema, isAsync);
    const definition = { procedures: { 'a.echo': { args, result: schema } }, topics: { 'a.news': { args } } };
    const { service, client, reported, settled } = two(untyped(definition), untyped(definition, 'both'));
    await service.register('a.echo', ([said]: [string]) => (said === 'number' ? 5 : said)).ready;
    expect(await client.call('a.echo', ['hi'])).toBe('hi');
    const bad = await failure(client.call('a.echo', [5]));
    expect(bad).toMatchObject({
      args: ['a.echo does not fit the contract: args.deep.0: expected text'],
      kwargs: { issues: [{ message: 'expected text', path: ['args', 'deep', 0] }] },
    });
    expect((await failure(client.call('a.echo', ['number']))).message).toMatch('result.deep.0');
    const handler = vi.fn();
    await client.subscribe('a.news', handler).ready;
    service.publish('a.news', [5]);
    service.publish('a.news', ['hi']);
    await settled();
    expect(handler.mock.calls.map(([given]) => given)).toEqual([['hi']]);
    expect(reported).toEqual([{ uri: 'wamp.error.invalid_argument', where: 'event', of: 'a.news' }]);
    if (!isAsync) return;
    client.publish('a.news', [5]); // too late to throw
    await settled();
    expect(reported[1]).toEqual({ uri: 'wamp.error.invalid_argument', where: 'publication', of: 'a.news' });
  });

  it('refuses progress that an async schema would check too late', async () => {
    const { service, client } = two(untyped({ procedures: { 'a.b': { progress: text(true) } } }, 'both'), {});
    await service.register('a.b', (_args, _kwargs, { sendProgress }) => sendProgress('x')).ready;
    const error = await failure(client.call('a.b', [], null, { onProgress: () => {} }));
    expect(error.message).toMatch('expected a sync schema for the progress of a.b, got an async one');
  });

  it('passes on what the schema returns, even a Result with its details', async () => {
    const trimmed: Schema<string> = {
      '~standard': { version: 1, vendor: 'us', validate: (value) => ({ value: String(value).trim() }) },
    };
    const swapped: Schema<Result> = {
      '~standard': {
        version: 1,
        vendor: 'us',
        validate: (value) => ({ value: new Result([...(value as Result).args].reverse(), { swapped: true }) }),
      },
    };
    const nothing: Schema<undefined> = { '~standard': { version: 1, vendor: 'us', validate: () => ({ value: undefined }) } };
    const { service, client } = two(
      {},
      untyped({ procedures: { 'a.one': { result: trimmed }, 'a.two': { result: swapped }, 'a.none': { result: nothing } } }),
    );
    await service.register('a.one', () => ' x ').ready;
    await service.register('a.two', () => new Result([1, 2])).ready;
    await service.register('a.none', () => 5).ready;
    expect(await client.call('a.one')).toBe('x');
    expect(await client.call('a.two')).toEqual(new Result([2, 1], { swapped: true }));
    expect(await client.call('a.none')).toBeUndefined();
  });
});

describe('[N12] a contract', () => {
  it('ignores URIs outside it, and those of WAMP', async () => {
    const { service, client } = two(untyped(vendors.zod, 'both'), untyped(vendors.zod, 'both'));
    await service.register('b.any', (args: readonly unknown[]) => args.length).ready;
    expect(await client.call('b.any', [1, 2])).toBe(2);
    expect(await client.call('wamp.session.count')).toBe(2);
    client.publish('b.any.topic', [1]);
  });

  it('runs nearest to the code of its user, whatever middleware there is', async () => {
    const key = '_stamp';
    const stamping = defineMiddleware({
      call: (context, next) => next({ ...context, kwargs: { ...context.kwargs, [key]: 1 } }),
      invocation: (context, next) => {
        const { [key]: stamp, ...kwargs } = context.kwargs;
        return next({ ...context, kwargs: stamp ? kwargs : { lost: true }, details: { ...context.details, _user: 'joe' } });
      },
    });
    const shop = { contract: defineContract(vendors.zod, { check: 'both' }), middleware: [stamping] };
    const { connect } = testBench();
    const [service, client] = [connect('service', shop as object), connect('client', shop as object)];
    await service.register('a.price', (_args, _kwargs, details) => (details._user === 'joe' ? 1 : 0)).ready;
    expect(await client.call('a.price', ['x'])).toBe(1);
    expect((await failure(client.call('a.price', ['x'], { [key]: 2 }))).uri).toBe('wamp.error.invalid_argument');
  });

  it.each<[string, unknown, RegExp]>([
    ['a part that is none', { procedures: { 'a.b': { args: 5 } } }, /of a\.b, got 5 as 'args'$/],
    [
      'a part with another name',
      { procedures: { 'a.b': { arguments: z.any() } } },
      /^expected Standard Schemas \(args, .*got one as 'arguments'/,
    ],
    [
      'a result of a topic',
      { topics: { 'a.b': { result: z.any() } } },
      /^expected Standard Schemas \(args, kwargs\) of a\.b, got one as 'result'$/,
    ],
    ['progress of a topic', { topics: { 'a.b': { progress: z.any() } } }, /\(args, kwargs\) of a\.b, got one as 'progress'$/],
    ['a part with a typo', { topics: { 'a.b': { kwarg: z.any() } } }, /\(args, kwargs\) of a\.b, got one as 'kwarg'$/],
    [
      'a schema in place of schemas',
      { procedures: { 'a.b': z.any() } },
      /of a\.b, got one schema, which does not say of what it is$/,
    ],
    ...[5, null, 'x', [], undefined].map((entry): [string, unknown, RegExp] => [
      `${JSON.stringify(entry)} in place of schemas`,
      { procedures: { 'a.b': entry } },
      /^expected Standard Schemas \(args, kwargs, result, progress, input\) of a\.b, got (5|null|"x"|\[\]|nothing)$/,
    ]),
    ...['', 'my shop.price', 'a.b#c', ' a.b', 'a.b\n'].flatMap((uri) =>
      (['procedures', 'topics'] as const).map((kind): [string, unknown, RegExp] => [
        `${JSON.stringify(uri)} as a key of ${kind}`,
        { [kind]: { [uri]: {} } },
        new RegExp(`^expected the keys of ${kind} to be URIs, or wildcards such as 'com\\.shop\\.\\.price', got "`),
      ]),
    ),
    ['nothing for a part', { topics: { 'a.b': { args: undefined } } }, /got nothing as 'args'$/],
  ])('[H1] refuses %s', (_, definition, message) => {
    expect(() => defineContract(definition as ContractDefinition)).toThrow(message);
  });

  it('[H1] accepts wildcards, and procedures without schemas', () => {
    expect(() => defineContract({ procedures: { 'a..b': {}, 'a.': {}, '.b': {}, 'a.b': {} }, topics: {} })).not.toThrow();
  });

  it('reports an error in a schema as an error of the hook', async () => {
    const broken: Schema = {
      '~standard': {
        version: 1,
        vendor: 'us',
        validate: () => {
          throw new Error('broken');
        },
      },
    };
    const { service, client } = two(untyped({ procedures: { 'a.b': { args: broken } } }), {});
    await service.register('a.b', () => 1).ready;
    expect(await failure(client.call('a.b'))).toMatchObject({ uri: 'wamp.error.runtime_error', args: ['broken'] });
    expect(new ApplicationError('a.b').uri).toBe('a.b');
  });
});
