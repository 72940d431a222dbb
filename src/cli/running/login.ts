/*
 * The login. A secret comes from a file or from the environment, because every user of the machine can read a command line.
 * Each method has its options and its row in `ways`.
 */
import { argon2id } from '../../argon2.ts';
import { cryptosign } from '../../cryptosign.ts';
import { anonymous, type Credentials, type Dict, type Secret, ticket } from '../../index.ts';
import { scram } from '../../scram.ts';
import { wampcra } from '../../wampcra.ts';
import { isDict, parseJson } from '../text/json-text.ts';
import type { Values } from '../text/options.ts';
import { readText } from '../text/read-text.ts';
import { messageOf, UsageError } from '../text/usage.ts';

export const loginOptions = {
  authid: { short: 'u', value: 'NAME', help: 'the user name (default: WAMP_AUTHID)' },
  'ticket-file': { value: 'FILE', help: 'logs in with the ticket in this file, read again at each login' },
  'ticket-env': {
    value: 'NAME',
    help: 'logs in with the ticket in this environment variable (default: WAMP_TICKET, if it is set)',
  },
  'secret-file': { value: 'FILE', help: 'logs in by WAMP-CRA with the secret in this file' },
  'secret-env': { value: 'NAME', help: 'the same from this environment variable (default: WAMP_SECRET, if it is set)' },
  'password-file': { value: 'FILE', help: 'logs in by WAMP-SCRAM with the password in this file' },
  'password-env': { value: 'NAME', help: 'the same from this environment variable (default: WAMP_PASSWORD, if it is set)' },
  'private-key-file': {
    value: 'FILE',
    help: 'logs in by cryptosign with the key in this file: 64 hex digits, as keygen makes them',
  },
  'private-key-env': { value: 'NAME', help: 'the same from this environment variable (default: WAMP_PRIVATE_KEY, if it is set)' },
  authextra: { value: 'JSON', help: 'further data for the router that checks the login' },
} as const;

export type LoginValues = Values<typeof loginOptions>;
export type Env = { readonly [name: string]: string | undefined };

interface Who {
  readonly authid: string | undefined;
  readonly authextra: Dict | undefined;
}

/** One login method; undefined when its secret is not given. */
type Way = (who: Who, values: LoginValues, env: Env) => Credentials | undefined;

const ways: readonly Way[] = [
  (who, values, env) => {
    const secret = secretFrom(
      { name: 'ticket', file: values['ticket-file'], variable: values['ticket-env'], usual: 'WAMP_TICKET' },
      env,
    );
    return secret === undefined ? undefined : ticket({ ...named(who, 'a ticket'), ticket: secret });
  },
  (who, values, env) => {
    const source = { name: 'secret', file: values['secret-file'], variable: values['secret-env'], usual: 'WAMP_SECRET' };
    const secret = secretFrom(source, env);
    return secret === undefined ? undefined : wampcra({ ...named(who, 'a secret'), secret });
  },
  (who, values, env) => {
    const source = { name: 'password', file: values['password-file'], variable: values['password-env'], usual: 'WAMP_PASSWORD' };
    const password = secretFrom(source, env);
    return password === undefined ? undefined : scram({ ...named(who, 'a password'), password, argon2id });
  },
  (who, values, env) => {
    const [file, variable] = [values['private-key-file'], values['private-key-env']];
    const privateKey = secretFrom({ name: 'private-key', file, variable, usual: 'WAMP_PRIVATE_KEY' }, env);
    return privateKey === undefined ? undefined : cryptosign({ ...who, privateKey });
  },
];

/** Flags of other tools that take the secret itself, and what to write instead. */
const refused: ReadonlyMap<string, string> = new Map([
  ['ticket', '--ticket-file FILE, --ticket-env NAME or the variable WAMP_TICKET'],
  ['password', '--password-file FILE, --password-env NAME or the variable WAMP_PASSWORD'],
  ['secret', '--secret-file FILE, --secret-env NAME or the variable WAMP_SECRET'],
  ['sc', '--secret-file FILE, --secret-env NAME or the variable WAMP_SECRET'],
  ['privateKey', '--private-key-file FILE, --private-key-env NAME or the variable WAMP_PRIVATE_KEY'],
  ['pk', '--private-key-file FILE, --private-key-env NAME or the variable WAMP_PRIVATE_KEY'],
]);

/** @throws UsageError for a secret on the command line; the text does not repeat it. */
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

/** The credentials that HELLO offers. @throws UsageError */
export function credentialsFrom(values: LoginValues, env: Env): readonly Credentials[] {
  const who: Who = { authid: values.authid ?? (env.WAMP_AUTHID || undefined), authextra: authextra(values.authextra) };
  const offered = ways.flatMap((way) => way(who, values, env) ?? []);
  if (offered.length > 0) return offered;
  return who.authid === undefined && who.authextra === undefined ? [] : [anonymous(who)];
}

/** The variables that hold secrets: a command that we run does not get them. */
export function secretVariables(values: LoginValues): readonly string[] {
  const named = [values['ticket-env'], values['secret-env'], values['password-env'], values['private-key-env']];
  return ['WAMP_TICKET', 'WAMP_SECRET', 'WAMP_PASSWORD', 'WAMP_PRIVATE_KEY', ...named.filter((name) => name !== undefined)];
}

interface Source {
  readonly name: string;
  readonly file: string | undefined;
  /** The environment variable, if the user names one. */
  readonly variable: string | undefined;
  /** The variable that is used if it is set. */
  readonly usual: string;
}

export function secretFrom({ name, file, variable, usual }: Source, env: Env): Secret | undefined {
  if (file !== undefined && variable !== undefined) {
    throw new UsageError(`expected --${name}-file or --${name}-env, got both`);
  }
  if (file !== undefined) {
    const read = (): string => readSecret(name, file);
    read(); // an error is reported before anything is sent
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
    secret = readText(file).replace(/\r?\n$/, '');
  } catch (error) {
    throw new UsageError(`cannot read the ${name}: ${messageOf(error)}`);
  }
  if (secret === '') throw new UsageError(`expected a ${name} in '${file}', which is empty`);
  return secret;
}

function named({ authid, authextra }: Who, what: string): { readonly authid: string; readonly authextra: Dict | undefined } {
  if (authid === undefined)
    throw new UsageError(`expected --authid NAME with ${what}, got none: a secret alone does not name the user`);
  return { authid, authextra };
}

function authextra(text: string | undefined): Dict | undefined {
  if (text === undefined) return undefined;
  try {
    const value = parseJson(text);
    if (isDict(value)) return value;
  } catch {
    // reported below
  }
  throw new UsageError(`expected --authextra to be a JSON object, got '${text}'`);
}
