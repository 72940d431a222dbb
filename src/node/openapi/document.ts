/*
 * The OpenAPI document of a bridge, by its contract: each procedure is `POST /call/<uri>`, each topic `POST /publish/<uri>` and `GET /events/<uri>`. A wildcard
 * has parameters where its components are empty.
 */

import { memberOf } from '../../base/checks.ts';
import { type JsonSchema, JsonSchemas, takes } from './json-schemas.ts';
import type { DescribedContract } from './openapi-config.ts';
import { dataSchema, fullSchema, payloadSchemas, sentBody } from './payload-schemas.ts';

/** A parameter of a request, as OpenAPI has it. */
export interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'header' | 'path';
  readonly description: string;
  readonly schema: JsonSchema;
  readonly required?: boolean;
}

export interface DocumentParts {
  readonly contract: DescribedContract;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string | undefined };
  /** What each kind of request may have in its URL and head. */
  readonly parameters: {
    readonly call: readonly Parameter[];
    readonly publish: readonly Parameter[];
    readonly events: readonly Parameter[];
  };
  /** Told what the document does not describe in full. */
  readonly warn: (text: string) => void;
}

export interface Place {
  /** Of the bridge: a path, or `/`. */
  readonly server: string;
  /** How clients may log in, by the words of WAMP. */
  readonly authmethods: readonly string[];
}

/** @returns A function that writes the document for a place. */
export function openApiDocument(parts: DocumentParts): (place: Place) => string {
  const { info, contract } = parts;
  const { procedures = {}, topics = {} } = contract.definition;
  const schemas = new JsonSchemas(parts.warn);
  const document = new Operations(schemas, parts.parameters);
  const paths = Object.fromEntries([
    ...Object.entries(procedures).map(([uri, entry]) => [document.path('call', uri), document.procedure(uri, entry)]),
    ...Object.entries(topics).flatMap(([uri, entry]) => document.topic(uri, entry)),
  ]);
  const components = {
    schemas: { Problem: PROBLEM, ...schemas.components },
    responses: { Problem: FAILED, Unauthorized: REFUSED },
  };
  let last: { readonly key: string; readonly text: string } | undefined;
  return ({ server, authmethods }) => {
    const key = JSON.stringify([server, authmethods]);
    if (last?.key === key) return last.text;
    const { securitySchemes, security } = logins(authmethods);
    const text = JSON.stringify({
      openapi: '3.1.1',
      info,
      servers: [{ url: server }],
      security,
      tags: TAGS,
      paths,
      components: { ...components, securitySchemes },
    });
    last = { key, text };
    return text;
  };
}

const TAGS = [
  { name: 'call', description: 'Procedures' },
  { name: 'publish', description: 'Topics: publications' },
  { name: 'events', description: 'Topics: streams of events' },
];

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'An error, as RFC 9457 has it. `uri`, `args` and `kwargs` are those of an error of WAMP.',
  properties: {
    type: { type: 'string', description: '`wamp:` and the URI of the error, or `about:blank`' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'What was wrong, for people' },
    uri: { type: 'string' },
    args: { type: 'array' },
    kwargs: { type: 'object' },
  },
  required: ['type', 'title', 'status', 'detail'],
};
const PROBLEM_BODY = { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
const FAILED = { description: 'An error of WAMP, or of the request', ...PROBLEM_BODY };
const REFUSED = {
  description: 'The login was refused, or one is needed',
  headers: { 'WWW-Authenticate': { schema: { type: 'string' } } },
  ...PROBLEM_BODY,
};
const FAILURES = {
  '401': { $ref: '#/components/responses/Unauthorized' },
  default: { $ref: '#/components/responses/Problem' },
};
const FULL_NEEDED = 'The body has `args` and `kwargs`.';

/** Only what can be used here: the bridge has no other logins. */
function logins(authmethods: readonly string[]): { readonly securitySchemes: object; readonly security: readonly object[] } {
  const hasTicket = authmethods.includes('ticket');
  const isOpen = authmethods.includes('anonymous') || authmethods.includes('http');
  return {
    securitySchemes: hasTicket
      ? {
          bearer: { type: 'http', scheme: 'bearer', description: 'A token for the authmethod `ticket`' },
          basic: { type: 'http', scheme: 'basic', description: 'An authid and its ticket' },
        }
      : {},
    security: [...(isOpen ? [{}] : []), ...(hasTicket ? [{ bearer: [] }, { basic: [] }] : [])],
  };
}

class Operations {
  private readonly schemas: JsonSchemas;
  private readonly parameters: DocumentParts['parameters'];

  constructor(schemas: JsonSchemas, parameters: DocumentParts['parameters']) {
    this.schemas = schemas;
    this.parameters = parameters;
  }

  path(verb: 'call' | 'publish' | 'events', uri: string): string {
    const components = uri
      .split('.')
      .map((component, i) => (component === '' ? `{${placeholder(i)}}` : encodeURIComponent(component)));
    return `/${verb}/${components.join('.')}`;
  }

  procedure(uri: string, entry: object): object {
    const { schemas } = this;
    const payload = payloadSchemas(schemas, uri, entry);
    const { requestBody, isFull } = sentBody(payload);
    const whole = (bare: JsonSchema): JsonSchema =>
      isFull ? fullSchema({ type: 'array', prefixItems: [bare] }, { type: 'object' }) : bare;
    const part = (name: 'result' | 'progress'): JsonSchema | undefined => {
      const schema = memberOf(entry, name);
      return schema === undefined ? undefined : whole(schemas.add(schema, `${uri}.${name}`, {}).use);
    };
    const progress = part('progress');
    const result = part('result') ?? {};
    const outcome = memberOf(entry, 'result');
    const mayBeNone = outcome === undefined || takes(outcome, undefined);
    const content = { 'application/json': { schema: result }, ...(progress ? streams(progress, result) : {}) };
    return {
      post: {
        ...this.common('call', uri, isFull),
        ...(requestBody ? { requestBody } : {}),
        responses: {
          '200': { description: 'The result', content },
          ...(mayBeNone && !isFull ? { '204': { description: 'There is no result' } } : {}),
          ...FAILURES,
        },
      },
    };
  }

  topic(uri: string, entry: object): readonly (readonly [path: string, operations: object])[] {
    const payload = payloadSchemas(this.schemas, uri, entry);
    const { requestBody, isFull } = sentBody(payload);
    const publication = { type: 'object', properties: { publication: { type: 'integer' } }, required: ['publication'] };
    const published = { description: 'It is published', content: { 'application/json': { schema: publication } } };
    const stream = {
      description: 'Server-sent events: `id` is the publication, `event` the topic. The schema is that of `data`.',
      content: { 'text/event-stream': { schema: dataSchema(payload) } },
    };
    return [
      [
        this.path('publish', uri),
        {
          post: {
            ...this.common('publish', uri, isFull),
            ...(requestBody ? { requestBody } : {}),
            responses: { '202': published, ...FAILURES },
          },
        },
      ],
      [this.path('events', uri), { get: { ...this.common('events', uri, false), responses: { '200': stream, ...FAILURES } } }],
    ];
  }

  private common(verb: 'call' | 'publish' | 'events', uri: string, isFull: boolean): object {
    const inPath = uri.split('.').flatMap((component, i): readonly Parameter[] => {
      if (component !== '') return [];
      const schema = { type: 'string', pattern: '^[^\\s.#]+$' };
      return [{ name: placeholder(i), in: 'path', required: true, description: `Component ${i + 1} of the URI`, schema }];
    });
    const others = this.parameters[verb].map((parameter) =>
      isFull && parameter.name === 'form' ? { ...parameter, required: true, description: FULL_NEEDED } : parameter,
    );
    return { operationId: `${verb}.${uri}`, tags: [verb], summary: uri, parameters: [...inPath, ...others] };
  }
}

function placeholder(index: number): string {
  return `component${index + 1}`;
}

/** The answers of a call whose progressive results are wanted, too. */
function streams(progress: JsonSchema, result: JsonSchema): object {
  const lines = [alone('progress', progress), alone('result', result), alone('error', { $ref: '#/components/schemas/Problem' })];
  return {
    'application/x-ndjson': { schema: { description: 'One such object per line', oneOf: lines } },
    'text/event-stream': { schema: { description: 'The data of the events `progress` and `result`', anyOf: [progress, result] } },
  };
}

/** An object with this one member. */
function alone(name: string, schema: JsonSchema): JsonSchema {
  return { type: 'object', properties: { [name]: schema }, required: [name] };
}
