/* The OpenAPI document of a bridge. */
import type { IncomingMessage } from 'node:http';
import { memberOf } from '../../base/checks.ts';
import type { Router } from '../../router/router.ts';
import { openApiDocument, type Parameter } from '../openapi/document.ts';
import type { BridgeSettings } from './bridge-config.ts';
import { callQuery, eventsQuery, type Parameters, publishQuery } from './requests/query.ts';

const KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same request with the same key is carried out once, and gets the same answer.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};
const LAST_ID: Parameter = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The publication that the client has seen last: what was missed comes first.',
  schema: { type: 'integer' },
};

/** Undefined: the bridge has none. Otherwise a function that writes it for a server's URL. */
export function documentOf(router: Router, { realm, openapi }: BridgeSettings): ((server: string) => string) | undefined {
  if (!openapi) return undefined;
  const { contract, title = realm, version = '1', description } = openapi;
  const parameters = {
    call: [...inQuery(callQuery), KEY],
    publish: [...inQuery(publishQuery), KEY],
    events: [...inQuery(eventsQuery), LAST_ID],
  };
  const warn = (message: string): void => router.note({ level: 'warn', message });
  const write = openApiDocument({ contract, info: { title, version, description }, parameters, warn });
  return (server) => write({ server, authmethods: router.authmethods(realm) });
}

/** Where the bridge is: Express and others take their own prefix away, and keep the whole URL. */
export function serverOf(request: IncomingMessage): string {
  const whole = memberOf(request, 'originalUrl') ?? request.url;
  const [path = ''] = String(whole).split('?', 1);
  return path.replace(/\/openapi\.json$/, '') || '/';
}

function inQuery(parameters: Parameters): readonly Parameter[] {
  return Object.entries(parameters).map(([name, { about, schema }]) => ({ name, in: 'query', description: about, schema }));
}
