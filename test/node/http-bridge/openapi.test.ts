/*
 * The OpenAPI document of a bridge. A foreign validator (@seriousme/openapi-schema-validator: MIT, kept up to date with the versions of OpenAPI, only ajv and yaml below it)
 * checks it, and ajv compares real answers with it.
 */
import { Validator } from '@seriousme/openapi-schema-validator';
import { toStandardJsonSchema } from '@valibot/to-json-schema'; // how valibot gets the interface, by its author, MIT
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type ContractDefinition, defineContract, type Schema } from 'autostrada/contract';
import type { DescribedContract, HttpOptions } from 'autostrada/node';
import type { RouterConfig } from 'autostrada/router';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ask, type Bridging, bridging, Stream } from './bridge.ts';

interface Node {
  readonly [key: string]: Node;
}

const price = z.object({ amount: z.number(), currency: z.enum(['EUR', 'USD']) });
interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.object({ name: z.string(), children: z.array(z.lazy(() => tree)) });

const shop = defineContract({
  procedures: {
    'com.shop.price': { args: z.tuple([z.string()]), result: price },
    'com.shop.search': { kwargs: z.object({ text: z.string(), limit: z.int().optional() }), result: z.array(z.string()) },
    'com.shop.order': { args: z.tuple([z.string()]), kwargs: z.object({ count: z.int().optional() }), result: z.int() },
    'com.shop.close': {},
    'com.shop.count': { args: z.tuple([z.int()]).optional().or(z.tuple([])), result: z.string(), progress: z.int() },
    'com.shop.tree': { args: z.tuple([tree]), result: tree },
    'com.shop..stock': { result: z.int() },
  },
  topics: {
    'com.shop.opened': { args: z.tuple([z.string()]) },
    'com.shop.sold': { args: z.tuple([z.string()]), kwargs: z.object({ count: z.int() }) },
    'com.shop.noted': { kwargs: z.object({ by: z.string().optional() }) },
    'com.shop.player..moved': {},
  },
});

async function describing(
  contract: DescribedContract,
  more: { readonly http?: HttpOptions; readonly config?: RouterConfig } = {},
): Promise<Bridging & { readonly document: Node; readonly text: string }> {
  const { config } = more;
  const bridge = await bridging({ http: { ...more.http, openapi: { contract } }, ...(config ? { config } : {}) });
  const { body, status, headers } = await ask(bridge.port, `${more.http?.path ?? ''}/openapi.json`, { method: 'GET' });
  expect([status, headers['content-type']]).toEqual([200, 'application/json']);
  return { ...bridge, document: JSON.parse(body), text: body };
}

async function isValid(document: Node): Promise<void> {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  expect(errors ?? []).toEqual([]);
  expect([valid, validator.version]).toEqual([true, '3.1']);
  validator.resolveRefs();
}

/** Whether a value fits the schema at this place of the document. */
function fits(document: Node, schema: unknown, value: unknown): boolean {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'https://example.com/document', ...document });
  const place = JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"https://example.com/document#');
  return ajv.validate(JSON.parse(place), value);
}

const answerSchema = (operation: Node | undefined, status = 200, type = 'application/json'): unknown =>
  operation?.responses?.[status]?.content?.[type]?.schema;
const bodySchema = (operation: Node | undefined): unknown => operation?.requestBody?.content?.['application/json']?.schema;

describe('[K6] GET /openapi.json', () => {
  test('is a valid document of OpenAPI 3.1, by a foreign validator', async () => {
    const { document, warnings } = await describing(shop);
    await isValid(document);
    expect(document.info).toEqual({ title: 'realm1', version: '1' });
    expect(Object.keys(Object(document.paths)).sort()).toEqual(
      [
        ...['price', 'search', 'order', 'close', 'count', 'tree', '{component3}.stock'].map((name) => `/call/com.shop.${name}`),
        ...['publish', 'events'].flatMap((verb) =>
          ['opened', 'sold', 'noted', 'player.{component4}.moved'].map((name) => `/${verb}/com.shop.${name}`),
        ),
      ].sort(),
    );
    expect(warnings).toEqual([]);
  });

  test('the validator finds a mistake', async () => {
    const { document } = await describing(shop);
    const broken = { ...document, paths: { 'without-a-slash': {} } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  test('describes bodies that the bridge takes, and answers that it gives', async () => {
    const { document, service, port } = await describing(shop);
    await service.register('com.shop.price', () => ({ amount: 3, currency: 'EUR' })).ready;
    await service.register('com.shop.search', (_, { text }: { text?: string }) => [text]).ready;
    await service.register('com.shop.order', (_, { count = 1 }: { count?: number }) => count).ready;
    await service.register('com.shop.tree', ([root]) => root).ready;
    await service.register('com.shop.close', () => undefined).ready;
    const operation = (name: string): Node | undefined => document.paths?.[`/call/com.shop.${name}`]?.post;
    const root = { name: 'a', children: [{ name: 'b', children: [] }] };
    const goods: readonly (readonly [string, unknown, string?])[] = [
      ['price', ['chair']],
      ['search', { text: 'chair' }],
      ['order', { args: ['chair'], kwargs: { count: 2 } }, '?form=full'],
      ['tree', [root]],
    ];
    for (const [name, body, query = ''] of goods) {
      expect([name, fits(document, bodySchema(operation(name)), body)]).toEqual([name, true]);
      const answer = await ask(port, `/call/com.shop.${name}${query}`, { body: JSON.stringify(body) });
      expect([name, answer.status]).toEqual([name, 200]);
      expect([name, fits(document, answerSchema(operation(name)), JSON.parse(answer.body))]).toEqual([name, true]);
    }
    expect(fits(document, bodySchema(operation('price')), [5])).toBe(false);
    expect(fits(document, bodySchema(operation('price')), [])).toBe(false);
    expect(fits(document, bodySchema(operation('tree')), [{ name: 'a', children: [{ name: 5, children: [] }] }])).toBe(false);
    expect(fits(document, answerSchema(operation('price')), { amount: 3 })).toBe(false);
    expect(operation('close')?.requestBody).toBeUndefined();
    expect([(await ask(port, '/call/com.shop.close')).status, Object.keys(Object(operation('close')?.responses))]).toEqual([
      204,
      ['200', '204', '401', 'default'],
    ]);
    const missing = await ask(port, '/call/com.shop.other');
    const problem = document.components?.responses?.Problem?.content?.['application/problem+json']?.schema;
    expect([missing.status, fits(document, problem, JSON.parse(missing.body))]).toEqual([404, true]);
  });

  test('says where both parts are needed, and which bodies may be left out', async () => {
    const { document } = await describing(shop);
    const order = document.paths?.['/call/com.shop.order']?.post;
    const form = (operation: Node | undefined): Node | undefined =>
      Object.values(Object(operation?.parameters)).find((one): one is Node => Object(one).name === 'form');
    expect([form(order)?.required, form(document.paths?.['/call/com.shop.price']?.post)?.required]).toEqual([true, undefined]);
    expect(bodySchema(order)).toMatchObject({ required: ['args'], additionalProperties: false });
    const required = (path: string): unknown => document.paths?.[path]?.post?.requestBody?.required;
    expect([required('/call/com.shop.price'), required('/call/com.shop.count'), required('/publish/com.shop.noted')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('describes the data of events', async () => {
    const { document, service, port } = await describing(shop);
    const published: readonly (readonly [string, readonly unknown[], object?])[] = [
      ['opened', ['now']],
      ['sold', ['chair'], { count: 2 }],
      ['noted', [], { by: 'joe' }],
    ];
    for (const [name, args, kwargs] of published) {
      const stream = await Stream.of(port, `/events/com.shop.${name}`, { method: 'GET' });
      service.publish(`com.shop.${name}`, [...args], { ...kwargs });
      const [, data] = await stream.event();
      const schema = answerSchema(document.paths?.[`/events/com.shop.${name}`]?.get, 200, 'text/event-stream');
      expect([name, data, fits(document, schema, data)]).toEqual([name, data, true]);
      expect([name, fits(document, schema, ['something', 'else'])]).toEqual([name, name === 'noted']);
      stream.close();
    }
  });

  test('describes progressive results', async () => {
    const { document } = await describing(shop);
    const content = document.paths?.['/call/com.shop.count']?.post?.responses?.['200']?.content;
    expect(Object.keys(Object(content))).toEqual(['application/json', 'application/x-ndjson', 'text/event-stream']);
    const lines = content?.['application/x-ndjson']?.schema;
    expect([{ progress: 1 }, { result: 'done' }, { progress: 'no' }].map((line) => fits(document, lines, line))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('has the same from zod, from valibot, and from schemas written by hand', async () => {
    const byHand = (schema: object): Schema<unknown> => {
      const standard = { version: 1 as const, vendor: 'us', validate: (value: unknown) => ({ value }) };
      return { '~standard': Object.assign(standard, { jsonSchema: { input: () => schema } }) };
    };
    const made = await Promise.all(
      [
        z.object({ name: z.string() }),
        toStandardJsonSchema(v.object({ name: v.string() })),
        byHand({ type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }),
      ].map((kwargs) => describing(defineContract({ procedures: { 'com.shop.find': { kwargs } } }))),
    );
    for (const { document, warnings } of made) {
      await isValid(document);
      const schema = bodySchema(document.paths?.['/call/com.shop.find']?.post);
      expect([fits(document, schema, { name: 'a' }), fits(document, schema, { name: 5 }), warnings]).toEqual([true, false, []]);
    }
  });

  test('describes a schema without a form in JSON Schema as any JSON, and says so in the log', async () => {
    const odd: ContractDefinition = {
      procedures: {
        'com.shop.at': { args: z.tuple([z.date()]), kwargs: v.object({ a: v.string() }), result: z.bigint() },
      },
    };
    const { document, warnings } = await describing(defineContract(odd));
    await isValid(document);
    const { post } = Object(document.paths?.['/call/com.shop.at']);
    expect(bodySchema(post)).toEqual({
      type: 'object',
      properties: { args: { type: 'array' }, kwargs: { type: 'object' } },
      required: ['args', 'kwargs'],
      additionalProperties: false,
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^openapi: com\.shop\.at\.args is described as any JSON, .*Date/),
      expect.stringMatching(/^openapi: com\.shop\.at\.kwargs is described as any JSON, .*valibot/),
      expect.stringMatching(/^openapi: com\.shop\.at\.result is described as any JSON, .*BigInt/),
    ]);
  });

  test('keeps URIs, properties and examples apart from the syntax of OpenAPI', async () => {
    const strange = defineContract({
      procedures: {
        'com.shop.a{b}/c%d?': { kwargs: z.object({ a: z.literal('#/x').default('#/x') }) },
        'com.shop.é': { args: z.tuple([z.string()]) },
        'com.shop.è': { args: z.tuple([z.int()]) },
      },
      topics: { 'com.shop.é': { args: z.tuple([z.boolean()]) } },
    });
    const { document, port, service } = await describing(strange);
    await isValid(document);
    const path = '/call/com.shop.a%7Bb%7D%2Fc%25d%3F';
    await service.register('com.shop.a{b}/c%d?', () => 'found').ready;
    expect((await ask(port, path)).body).toBe('"found"');
    const schema = bodySchema(document.paths?.[path]?.post);
    expect([{ a: '#/x' }, { a: '#/components' }].map((value) => fits(document, schema, value))).toEqual([true, false]);
    const kinds = [
      bodySchema(document.paths?.['/call/com.shop.%C3%A9']?.post),
      bodySchema(document.paths?.['/call/com.shop.%C3%A8']?.post),
      bodySchema(document.paths?.['/publish/com.shop.%C3%A9']?.post),
    ];
    expect(kinds.map((kind, i) => fits(document, kind, [['text'], [5], [true]][i]))).toEqual([true, true, true]);
    expect(new Set(kinds.map((kind) => JSON.stringify(kind))).size).toBe(3);
  });

  test('knows a property that is called $ref', async () => {
    // The validator takes it for a reference.
    const { document } = await describing(
      defineContract({ procedures: { 'com.shop.find': { kwargs: z.object({ $ref: z.literal('#/x') }) } } }),
    );
    expect(document.components?.schemas?.['com.shop.find.kwargs']?.properties).toEqual({ $ref: { type: 'string', const: '#/x' } });
  });

  test('makes a component of each part of a schema, so that generators of clients find it', async () => {
    const { document } = await describing(shop);
    const names = Object.keys(Object(document.components?.schemas));
    expect(names.filter((name) => name.startsWith('com.shop.tree'))).toEqual([
      'com.shop.tree.args',
      expect.stringMatching(/^com\.shop\.tree\.args\.\w+$/),
      'com.shop.tree.result',
    ]);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference = '']) => reference);
    const known = new Set([
      ...names.map((name) => `#/components/schemas/${name}`),
      '#/components/responses/Problem',
      '#/components/responses/Unauthorized',
    ]);
    expect(references.filter((reference) => !known.has(reference))).toEqual([]);
  });

  test('names the place of the bridge, and the title that was given', async () => {
    const info = { title: 'Shop', version: '2.1', description: 'Chairs *only*.' };
    const { port } = await bridging({ http: { path: '/api', openapi: { contract: shop, ...info } } });
    const { body } = await ask(port, '/api/openapi.json?x=1', { method: 'GET' });
    const document: Node = JSON.parse(body);
    await isValid(document);
    expect([document.info, document.servers]).toEqual([info, [{ url: '/api' }]]);
    expect((await ask(port, '/openapi.json', { method: 'GET' })).status).not.toBe(200);
  });

  const member = { permissions: 'all' } as const;
  test.each<[string, RouterConfig['realms'][string], unknown, readonly string[]]>([
    ['an open realm', 'open', [{}], []],
    [
      'users with tickets',
      { authroles: { member }, users: { joe: { authrole: 'member', ticket: 'secret-of-joe' } } },
      [{ bearer: [] }, { basic: [] }],
      ['bearer', 'basic'],
    ],
    [
      'users and anonymous',
      { authroles: { member }, anonymous: 'member', users: { joe: { authrole: 'member', ticket: 'secret-of-joe' } } },
      [{}, { bearer: [] }, { basic: [] }],
      ['bearer', 'basic'],
    ],
  ])('has the logins of the realm: %s', async (_, realm, security, schemes) => {
    const { port } = await bridging({ http: { openapi: { contract: shop } }, config: { realms: { realm1: realm } } });
    const document: Node = JSON.parse((await ask(port, '/openapi.json', { method: 'GET' })).body);
    await isValid(document);
    expect([document.security, Object.keys(Object(document.components?.securitySchemes))]).toEqual([security, schemes]);
    expect(JSON.stringify(document)).not.toContain('secret-of-joe');
  });

  test('follows the configuration of a router that runs', async () => {
    const { port, router } = await describing(shop);
    const users = { joe: { authrole: 'member', ticket: 'secret' }, service: { authrole: 'service', ticket: 'x' } };
    const all = { permissions: 'all' } as const;
    router.reload({ realms: { realm1: { authroles: { member: all, service: all, anonymous: all }, users } } });
    const document: Node = JSON.parse((await ask(port, '/openapi.json', { method: 'GET' })).body);
    expect(document.security).toEqual([{ bearer: [] }, { basic: [] }]);
  });

  test('is there for pages that may connect, and for nobody else', async () => {
    const { port } = await bridging({ http: { openapi: { contract: shop } }, listen: { origins: ['https://docs.example.com'] } });
    const from = (origin: string) => ask(port, '/openapi.json', { method: 'GET', headers: { origin } });
    const good = await from('https://docs.example.com');
    expect([good.status, good.headers['access-control-allow-origin']]).toEqual([200, 'https://docs.example.com']);
    expect((await from('https://evil.example.com')).status).toBe(403);
    expect((await ask(port, '/openapi.json', { method: 'POST' })).status).toBe(405);
  });

  test('is not there without a contract', async () => {
    const { port } = await bridging();
    expect((await ask(port, '/openapi.json', { method: 'GET' })).status).toBe(404);
  });

  test.each<[unknown, string]>([
    [{}, 'expected openapi of http to be an object with contract, which defineContract has returned, got {}'],
    [{ contract: {} }, 'expected contract of openapi to be a contract of defineContract, got {}'],
    [{ contract: './shop.mjs' }, 'expected contract of openapi to be a contract of defineContract, got "./shop.mjs"'],
    [{ contract: shop, titel: 'x' }, "got 'titel'; did you mean 'title'?"],
    [{ contract: shop, version: 2 }, 'expected version of openapi to be a string, got 2'],
    [5, 'expected options of openapi to be an object, got 5'],
  ])('%j is refused', async (openapi, text) => {
    await expect(bridging({ http: { openapi: openapi as HttpOptions['openapi'] & {} } })).rejects.toThrow(text);
  });
});
