/* The JSON Schema of a configuration file, which editors use and `checkFile` stands on. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { componentShape } from '../../src/node/components/component-shape.ts';
import { readJson } from '../../src/node/config/json-text.ts';
import { schemaFaults } from '../../src/node/config/schema-faults.ts';
import { page, withReference } from './reference.mjs';
import { makeSchema, schemaFile } from './schema.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const text = readFileSync(schemaFile, 'utf8');
const schema = JSON.parse(text);
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
const validate = ajv.compile(schema);

test('[K2] the schema is that of the types; `node test/package/schema.mjs` writes it', async () => {
  expect(text).toBe(await makeSchema());
});

test('[K2] the schema is valid against its meta-schema', () => {
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
  expect(ajv.validateSchema(schema)).toBe(true);
});

test('[K2] everything that a file may have is described', () => {
  const missing = (of: { properties?: Record<string, { description?: string }> }): string[] =>
    Object.entries(of.properties ?? {}).flatMap(([name, { description }]) => (description === undefined ? [name] : []));
  expect(missing(schema)).toEqual([]);
  for (const name of ['ListenConfig', 'PagesConfig', 'TlsFiles', 'RouterLimits', 'ComponentConfig'])
    expect([name, missing(schema.definitions[name])]).toEqual([name, []]);
});

interface Rule {
  $ref?: string;
  anyOf?: Rule[];
  type?: string;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  properties?: Record<string, Rule>;
  items?: Rule;
  additionalProperties?: boolean | Rule;
}

/** A value that has every part of the schema. */
function sample(rule: Rule): unknown {
  const { $ref, anyOf, type, properties, items, additionalProperties } = rule;
  if ($ref) return sample(schema.definitions[$ref.replace('#/definitions/', '')]);
  if (anyOf) return sample(anyOf.at(-1) ?? {});
  if (rule.const !== undefined || rule.enum) return rule.const ?? rule.enum?.[0];
  if (type === 'array') return [sample(items ?? {})];
  if (type === 'object') {
    const members = Object.entries(properties ?? {}).map(([key, member]) => [key, sample(member)]);
    return {
      ...Object.fromEntries(members),
      ...(typeof additionalProperties === 'object' ? { any: sample(additionalProperties) } : {}),
    };
  }
  return { string: 'a', integer: rule.minimum ?? 1, number: 1, boolean: true }[String(type)] ?? {};
}

/** The value with one part of it replaced by each of the others, or without it. */
function* variants(value: unknown, others: readonly unknown[]): Generator<unknown> {
  yield* others;
  if (Array.isArray(value)) for (const each of variants(value[0], others)) yield [each];
  else if (typeof value === 'object' && value !== null)
    for (const [key, member] of Object.entries(value)) {
      for (const each of variants(member, others)) yield { ...value, [key]: each };
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      yield { ...value, [`${key}x`]: member };
    }
}

test('[K2] our check of the schema and ajv agree on what is valid', () => {
  let count = 0;
  const others = ['', 'open', '*', 0, -1, 1.5, 70_000, true, null, [], ['a'], {}, { env: 'A' }, { env: '' }, { a: 1 }];
  for (const value of variants(sample(schema), others)) {
    count++;
    const ours = schemaFaults(value, 'config');
    if (validate(value) !== (ours.length === 0)) expect.fail(`${JSON.stringify(value)}: ${JSON.stringify(ours)}`);
  }
  expect(count).toBeGreaterThan(2500);
});

test('[K1] what the schema refuses of a component is refused at the start as well, and what it names is taken', () => {
  const isValid = ajv.compile({ ...schema, ...schema.definitions.ComponentsConfig, $id: undefined, properties: {}, required: [] });
  const probes = [{ procedure: 'a.b', realm: 'realm1' }, { port: 1, host: 'a' }, { url: 'http://a/' }];
  const others = ['', 0, -1, 70_000, true, null, [], {}, { a: 1 }];
  let count = 0;
  for (const probe of probes)
    for (const what of [{ module: 'a' }, { command: ['a', 'b'] }])
      for (const restart of ['always', { policy: 'never', minMs: 1, maxMs: 2, limit: 3, healthyMs: 4 }]) {
        const health = { probe, intervalMs: 1, timeoutMs: 2, failures: 3 };
        const login = { realm: 'a', authrole: 'b', authid: 'c' };
        const times = { readyTimeoutMs: 1, stopTimeoutMs: 2 };
        const one = {
          ...what,
          cwd: 'a',
          env: { A: 'a' },
          ...login,
          restart,
          waitsFor: [probe],
          ready: probe,
          health,
          ...times,
          watch: ['a'],
        };
        const { command: _, module: __, ...named } = schema.definitions.ComponentConfig.properties;
        expect(Object.keys({ ...one, ...what }).sort()).toEqual([...Object.keys(named), ...Object.keys(what)].sort());
        expect([isValid({ one }), componentShape({ one }, 'components')]).toEqual([true, []]);
        for (const value of variants({ one }, others)) {
          count++;
          if (!isValid(value) && componentShape(value, 'components').length === 0) expect.fail(JSON.stringify(value));
        }
        for (const value of variants({ one }, [-1, 0, 1.5, 2 ** 31]))
          if (/[:[](-1|0|1.5|2147483648)[,}\]]/.test(JSON.stringify(value)))
            expect([isValid(value), value]).toEqual([componentShape(value, 'components').length === 0, value]);
      }
  expect(count).toBeGreaterThan(2500);
});

test('[K2] the reference of the guide is that of the schema; `node test/package/reference.mjs` writes it', () => {
  const text = readFileSync(page, 'utf8');
  expect(text).toBe(withReference(text));
});

const examples: readonly (readonly [string, string])[] = [
  ...['docs/guide/router.json', 'examples/router.json'].map((name) => [name, readFileSync(path.join(root, name), 'utf8')] as const),
  ...[...readFileSync(page, 'utf8').matchAll(/^```jsonc\n([\s\S]*?)^```$/gm)].map(
    ([, code = ''], i) => [`example ${i + 1} of the guide`, code] as const,
  ),
];

test.each(examples)('[K2] %s is valid', (_, code) => {
  const read = readJson(code, 'config');
  if ('at' in read) expect.fail(read.text);
  validate(read.value);
  expect(validate.errors ?? []).toEqual([]);
  expect(schemaFaults(read.value, 'config')).toEqual([]);
});
