/*
 * Who we say we are. A secret comes from a file or from the environment: what stands in argv, every user of the machine can read.
 * Each way to log in has its options and its row in `ways`.
 */
import { readFileSync } from 'node:fs';
import { anonymous, type Credentials, type Dict, type Secret, ticket } from '../index.ts';
import { parseJson } from './json-text.ts';
import type { Values } from './options.ts';
import { UsageError } from './usage.ts';

export const loginOptions = {
  authid: { short: 'u', value: 'NAME', help: 'who we are (default: WAMP_AUTHID)' },
  'ticket-file': { value: 'FILE', help: 'logs in with the ticket in this file, read anew at each login' },
  'ticket-env': {
    value: 'NAME',
    help: 'logs in with the ticket in this environment variable (default: WAMP_TICKET, if it is set)',
  },
  authextra: { value: 'JSON', help: 'more for the router that checks the login' },
} as const;

export type LoginValues = Values<typeof loginOptions>;
export type Env = { readonly [name: string]: string | undefined };

interface Who {
  readonly authid: string | undefined;
  readonly authextra: Dict | undefined;
}

/** One way to log in; undefined when its secret is not given. */
type Way = (who: Who, values: LoginValues, env: Env) => Credentials | undefined;

const ways: readonly Way[] = [
  (who, values, env) => {
    const secret = secretFrom(
      { name: 'ticket', file: values['ticket-file'], variable: values['ticket-env'], usual: 'WAMP_TICKET' },
      env,
    );
    return secret === undefined ? undefined : ticket({ ...named(who, 'a ticket'), ticket: secret });
  },
];

/** Flags of other tools that take the secret itself, and what to write instead. */
const refused: ReadonlyMap<string, string> = new Map([
  ['ticket', '--ticket-file FILE, --ticket-env NAME or the variable WAMP_TICKET'],
  ['password', '--ticket-file FILE, --ticket-env NAME or the variable WAMP_TICKET'],
]);

/** @throws UsageError for a secret on the command line; it is not repeated. */
export function refuseSecrets(args: readonly string[]): void {
  for (const arg of args) {
    if (arg === '--') return;
    const name = /^--(\w+)(?:=|$)/.exec(arg)?.[1] ?? '';
    const instead = refused.get(name);
    if (instead) {
      throw new UsageError(`--${name} would show the secret to every user of this machine: give it by ${instead}`);
    }
  }
}

/** What HELLO offers. @throws UsageError */
export function credentialsFrom(values: LoginValues, env: Env): readonly Credentials[] {
  const who: Who = { authid: values.authid ?? (env.WAMP_AUTHID || undefined), authextra: authextra(values.authextra) };
  const offered = ways.flatMap((way) => way(who, values, env) ?? []);
  if (offered.length > 0) return offered;
  return who.authid === undefined && who.authextra === undefined ? [] : [anonymous(who)];
}

/** The variables that hold secrets: no business of a command that we run. */
export function secretVariables(values: LoginValues): readonly string[] {
  return ['WAMP_TICKET', ...(values['ticket-env'] === undefined ? [] : [values['ticket-env']])];
}

interface Source {
  readonly name: string;
  readonly file: string | undefined;
  /** The environment variable, if one is named. */
  readonly variable: string | undefined;
  /** The variable that is used when it is there. */
  readonly usual: string;
}

function secretFrom({ name, file, variable, usual }: Source, env: Env): Secret | undefined {
  if (file !== undefined && variable !== undefined) {
    throw new UsageError(`expected --${name}-file or --${name}-env, got both`);
  }
  if (file !== undefined) {
    const read = (): string => readSecret(name, file);
    read(); // what is wrong with it is told before anything is sent
    return read;
  }
  if (variable === undefined) return env[usual] || undefined;
  const secret = env[variable];
  if (!secret)
    throw new UsageError(
      `expected a ${name} in the environment variable '${variable}', which is ${secret === '' ? 'empty' : 'not set'}`,
    );
  return secret;
}

function readSecret(name: string, file: string): string {
  let secret: string;
  try {
    secret = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new UsageError(`cannot read the ${name}: ${(error as Error).message}`);
  }
  if (secret === '') throw new UsageError(`expected a ${name} in '${file}', which is empty`);
  return secret;
}

function named({ authid, authextra }: Who, what: string): { readonly authid: string; readonly authextra: Dict | undefined } {
  if (authid === undefined) throw new UsageError(`expected --authid NAME: ${what} says only that somebody is who they say`);
  return { authid, authextra };
}

function authextra(text: string | undefined): Dict | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as unknown as Dict;
  } catch {
    // said below
  }
  throw new UsageError(`expected --authextra to be a JSON object, got '${text}'`);
}
