/*
 * Writes src/node/config/router.schema.json, the JSON Schema of a configuration file, from the types of router-file.ts and their docstrings, by
 * ts-json-schema-generator. A test compares it with the types. What types cannot say is added here: the ranges of numbers, and the environment instead of a string.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createGenerator } from 'ts-json-schema-generator';

const root = path.resolve(import.meta.dirname, '../..');
export const schemaFile = path.join(root, 'src/node/config/router.schema.json');
const ID = 'https://autostrada-wamp.github.io/router.schema.json';

/** The limits with their ranges: the router's own table. */
async function limits() {
  const entryPoints = [path.join(root, 'src/router/limits/limits.ts')];
  const { outputFiles } = await build({ entryPoints, bundle: true, format: 'esm', write: false });
  const { numbers } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
  return numbers;
}

/** Of components, where component-shape.ts checks them. */
const leastOf = {
  ComponentConfig: { readyTimeoutMs: 0, stopTimeoutMs: 0 },
  RestartConfig: { minMs: 1, maxMs: 1, limit: 0, healthyMs: 0 },
  HealthConfig: { intervalMs: 1, timeoutMs: 1, failures: 1 },
  PortProbe: { port: 1 },
};

const ENV = { $ref: '#/definitions/FromEnvironment' };

/** A string may come from the environment, but not one of a few words. */
function withEnvironment(schema) {
  if (Array.isArray(schema)) return schema.map(withEnvironment);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { type, ...rest } = schema;
  if (type === 'string' && schema.enum === undefined && schema.const === undefined) return { $ref: '#/definitions/Text', ...rest };
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withEnvironment(value)]));
}

/** @returns The schema as text. */
export async function makeSchema() {
  const generator = createGenerator({
    path: path.join(root, 'src/node/config/router-file.ts'),
    tsconfig: path.join(root, 'tsconfig.json'),
    type: 'RouterFile',
    skipTypeCheck: true,
    additionalProperties: false,
    topRef: false,
    jsDoc: 'extended',
  });
  const { $schema, definitions, ...file } = withEnvironment(generator.createSchema('RouterFile'));
  file.properties.$schema = { type: 'string', description: file.properties.$schema.description };
  for (const [name, { minimum, maximum }] of Object.entries(await limits()))
    for (const { properties } of [definitions.RouterLimits, definitions.RateLimits])
      if (properties[name]) Object.assign(properties[name], { type: 'integer', minimum, maximum });
  for (const [name, { default: normal }] of Object.entries(await limits()))
    definitions.RouterLimits.properties[name].default = normal;
  const { port, ...ports } = definitions.ListenConfig.properties;
  const number = { type: 'integer', minimum: 0, maximum: 65_535 };
  definitions.ListenConfig.properties = { port: { anyOf: [number, ENV], description: port.description }, ...ports };
  Object.assign(definitions.OpsConfig.properties.port, number);
  Object.assign(file.properties.drainMs, { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 });
  Object.assign(file.properties.processes, { type: 'integer', minimum: 1, maximum: 999 });
  for (const [name, least] of Object.entries(leastOf))
    for (const [key, minimum] of Object.entries(least))
      Object.assign(definitions[name].properties[key], {
        type: 'integer',
        minimum,
        maximum: key === 'port' ? 65_535 : 2 ** 31 - 1,
      });
  definitions.Text = { anyOf: [{ type: 'string' }, ENV] };
  definitions.FromEnvironment = {
    type: 'object',
    properties: { env: { type: 'string', minLength: 1, description: 'The name of an environment variable, which must be there.' } },
    required: ['env'],
    additionalProperties: false,
    description: 'The value of an environment variable, so that it need not be in the file.',
  };
  const whole = { $schema, $id: ID, title: 'router.json of autostrada', ...file, definitions };
  return `${JSON.stringify(whole, null, 1)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaFile, await makeSchema());
