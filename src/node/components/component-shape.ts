/* The shape of what a file says about components: names, types and ranges, value by value. */
import { isDict, show } from '../../base/checks.ts';
import { nearest } from '../../base/nearest.ts';
import { within } from '../../router/config/config-path.ts';

export interface Fault {
  /** Where: `config.components["shop"].command`. */
  readonly path: string;
  /** What was expected, and what came. */
  readonly text: string;
}

/** The largest delay of a timer. */
const MAX_MS = 2 ** 31 - 1;

type Shape = (value: unknown, at: string) => readonly Fault[];

const wrong =
  (expected: string): ((value: unknown, at: string) => readonly Fault[]) =>
  (value, at) => [{ path: at, text: `expected ${expected}, got ${isDict(value) ? 'an object' : show(value)}` }];
const when =
  (test: (value: unknown) => boolean, expected: string): Shape =>
  (value, at) =>
    test(value) ? [] : wrong(expected)(value, at);

const text = when((value) => typeof value === 'string' && value !== '' && !value.includes('\0'), 'a text');
const count = (least: number, most = MAX_MS): Shape =>
  when(
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
    `a whole number from ${least} to ${most}`,
  );
const policy = when((value) => value === 'always' || value === 'on-failure' || value === 'never', 'always, on-failure or never');
const url = when(
  (value) => typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  'a URL with http: or https:',
);

const list =
  (item: Shape, least = 0): Shape =>
  (value, at) => {
    if (!Array.isArray(value) || value.length < least) return wrong(least > 0 ? 'a list that is not empty' : 'a list')(value, at);
    return value.flatMap((each, i) => item(each, `${at}[${i}]`));
  };

/** @param needed - The keys that must be there. */
const dict =
  (known: { readonly [key: string]: Shape }, needed: readonly string[] = []): Shape =>
  (value, at) => {
    if (!isDict(value)) return wrong('an object')(value, at);
    const names = Object.keys(known);
    const missing = needed.filter((key) => value[key] === undefined);
    return [
      ...missing.map((key) => ({ path: at, text: `expected ${key}, got nothing` })),
      ...Object.entries(value).flatMap(([key, each]) => {
        if (each === undefined) return [];
        const shape = Object.hasOwn(known, key) ? known[key] : undefined;
        if (shape) return shape(each, `${at}.${key}`);
        return [{ path: at, text: `expected ${names.join(', ')}, got '${key}'${nearest(key, names)}` }];
      }),
    ];
  };

const probe: Shape = (value, at) => {
  if (!isDict(value)) return wrong('a probe: an object with procedure, port or url')(value, at);
  if (value.procedure !== undefined) return dict({ procedure: text, realm: text })(value, at);
  if (value.port !== undefined) return dict({ port: count(1, 65_535), host: text })(value, at);
  if (value.url !== undefined) return dict({ url })(value, at);
  return [{ path: at, text: `expected procedure, port or url, got ${Object.keys(value).join(', ') || 'an empty object'}` }];
};

const variables: Shape = (value, at) => {
  if (!isDict(value)) return wrong('an object')(value, at);
  return Object.entries(value).flatMap(([key, each]) => {
    if (key === '' || /[=\0]/.test(key)) return [{ path: at, text: `expected names of variables, got ${show(key)}` }];
    // It may be a secret.
    const isText = typeof each === 'string' && !each.includes('\0');
    return isText ? [] : [{ path: within(at, key), text: `expected a text, got ${each === null ? 'null' : typeof each}` }];
  });
};

const component: Shape = (value, at) => {
  const faults = dict({
    command: list(text, 1),
    module: text,
    cwd: text,
    env: variables,
    realm: text,
    authrole: text,
    authid: text,
    restart: (each, where) =>
      isDict(each)
        ? dict({ policy, minMs: count(1), maxMs: count(1), limit: count(0), healthyMs: count(0) })(each, where)
        : policy(each, where),
    waitsFor: list((each, where) => (typeof each === 'string' ? text(each, where) : probe(each, where))),
    ready: probe,
    readyTimeoutMs: count(0),
    health: dict({ probe, intervalMs: count(1), timeoutMs: count(1), failures: count(1) }, ['probe']),
    stopTimeoutMs: count(0),
    watch: list(text),
  })(value, at);
  if (faults.length > 0 || !isDict(value)) return faults;
  if ((value.command === undefined) === (value.module === undefined))
    return [{ path: at, text: `expected command or module, got ${value.command === undefined ? 'neither' : 'both'}` }];
  const { restart } = value;
  if (isDict(restart) && Number(restart.minMs ?? 200) > Number(restart.maxMs ?? 10_000))
    return [
      { path: `${at}.restart`, text: `expected minMs (default 200) to be at most maxMs (default 10000), got ${show(restart)}` },
    ];
  return [];
};

export function componentShape(value: unknown, at: string): readonly Fault[] {
  if (!isDict(value)) return wrong('an object')(value, at);
  return Object.entries(value).flatMap(([name, each]) => {
    if (!/^[\w./-]{1,100}$/.test(name))
      return [{ path: at, text: `expected names of components to have letters, digits and _ - . /, got ${show(name)}` }];
    return component(each, within(at, name));
  });
}
