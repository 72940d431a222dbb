/* The bodies of Crossbar.io's caller and publisher. */
import { ApplicationError, Result } from 'autostrada';
import { describe, expect, test } from 'vitest';
import { ask, asked, bridging } from './bridge.ts';

const http = { crossbarCall: '/bridge/call', crossbarPublish: '/bridge/publish' };

describe('[K6] in the form of Crossbar.io', () => {
  test.each(['POST', 'PUT'])('a call by %s gives args and kwargs', async (method) => {
    const { port, service } = await bridging({ http });
    await service.register('com.example.seen', (args, kwargs) => new Result(args, kwargs)).ready;
    const call = (body: string) => asked(port, '/bridge/call', { method, body });
    expect(await call('{"procedure":"com.example.seen","args":[2,3],"kwargs":{"a":1}}')).toEqual([
      200,
      { args: [2, 3], kwargs: { a: 1 } },
    ]);
    expect(await call('{"procedure":"com.example.seen"}')).toEqual([200, { args: [], kwargs: {} }]);
  });

  test('an error of a call is 200, with its URI', async () => {
    const { port, service } = await bridging({ http });
    const throwing = () => {
      throw new ApplicationError('com.example.error', ['no'], { a: 1 });
    };
    await service.register('com.example.throw', throwing).ready;
    const call = (body: string) => asked(port, '/bridge/call', { body });
    expect(await call('{"procedure":"com.example.throw"}')).toEqual([
      200,
      { error: 'com.example.error', args: ['no'], kwargs: { a: 1 } },
    ]);
    expect(await call('{"procedure":"com.example.nothing"}')).toMatchObject([200, { error: 'wamp.error.no_such_procedure' }]);
  });

  test('a publication gives its id', async () => {
    const { port, service } = await bridging({ http });
    const body = '{"topic":"com.example.state","args":[1],"options":{"retain":true,"acknowledge":false}}';
    expect(await asked(port, '/bridge/publish', { body })).toEqual([200, { id: expect.any(Number) }]);
    const seen: unknown[] = [];
    await service.subscribe('com.example.state', ([value]) => void seen.push(value), { get_retained: true }).ready;
    await expect.poll(() => seen).toEqual([1]);
  });

  test.each([
    ['/bridge/call', '[]', 400, 'expected a body that is a JSON object'],
    ['/bridge/call', '{}', 400, 'expected procedure to be a text, got nothing'],
    ['/bridge/call', '{"procedure":[]}', 400, 'expected procedure to be a text, got list'],
    ['/bridge/call', '{"procedure":"a","args":{}}', 400, 'expected args to be a list, got {}'],
    ['/bridge/call', '{"procedure":"a","x":1}', 400, "expected a body with procedure, args, kwargs, got 'x'"],
    ['/bridge/publish', '{"topic":"a","options":{"exclude":5}}', 400, 'expected options.exclude to be a list of ids, got 5'],
    ['/bridge/publish', '{"topic":"a","options":[]}', 400, 'expected options to be a dict, got []'],
    ['/bridge/publish', '', 400, 'expected a body that is a JSON object'],
  ])('%s with %s is answered %i', async (path, body, status, error) => {
    const { port } = await bridging({ http });
    expect(await asked(port, path, { body })).toEqual([status, { error, args: [], kwargs: {} }]);
  });

  test('a wrong method is 405, a wrong login 401', async () => {
    const { port } = await bridging({ http });
    expect((await ask(port, '/bridge/call', { method: 'GET' })).status).toBe(405);
    const { status, headers, body } = await ask(port, '/bridge/call', { body: '{}', headers: { authorization: 'x' } });
    expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('Bearer')]);
    expect(JSON.parse(body)).toMatchObject({ error: expect.any(String), args: [], kwargs: {} });
  });
});
