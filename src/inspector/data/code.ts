/* What one would write to do the same: in TypeScript, by the command line, by HTTP. */
export interface Act {
  readonly kind: 'call' | 'publish' | 'subscribe' | 'register';
  readonly realm: string;
  readonly uri: string;
  readonly match?: string | undefined;
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: { readonly [name: string]: unknown } | undefined;
}

/** JSON text of a payload, as the router shows it: `{"args":…,"kwargs":…}`. Undefined: it was cut, or is none. */
export function payloadIn(text: string | null): Pick<Act, 'args' | 'kwargs'> {
  try {
    const { args, kwargs } = JSON.parse(text ?? '') ?? {};
    return { ...(Array.isArray(args) ? { args } : {}), ...(kwargs && typeof kwargs === 'object' ? { kwargs } : {}) };
  } catch {
    return {};
  }
}

const js = (value: unknown): string => JSON.stringify(value);
const word = (text: string): string => (/^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

export function asTypeScript({ kind, uri, match = 'exact', args = [], kwargs = {} }: Act): string {
  const options = match === 'exact' ? '' : `, { match: ${js(match)} }`;
  if (kind === 'subscribe') return `connection.subscribe(${js(uri)}, (args, kwargs) => console.log(args, kwargs)${options});`;
  if (kind === 'register') return `connection.register(${js(uri)}, (args, kwargs) => args[0]${options});`;
  const hasKwargs = Object.keys(kwargs).length > 0;
  const payload = hasKwargs ? `, ${js(args)}, ${js(kwargs)}` : args.length > 0 ? `, ${js(args)}` : '';
  return kind === 'call'
    ? `const result = await connection.call(${js(uri)}${payload});`
    : `await connection.publish(${js(uri)}${payload});`;
}

export function asCommand({ kind, realm, uri, match = 'exact', args = [], kwargs = {} }: Act): string {
  const payload = kind === 'call' || kind === 'publish';
  const given = [
    ...(payload && args.length > 0 ? ['--args', word(js(args))] : []),
    ...(payload && Object.keys(kwargs).length > 0 ? ['--kwargs', word(js(kwargs))] : []),
    ...(match === 'exact' ? [] : ['--match', match]),
  ];
  return ['autostrada', kind, word(uri), ...given, '--realm', word(realm)].join(' ');
}

/** By the HTTP bridge of the port, if it has one. Undefined: HTTP has nothing like it. */
export function asCurl({ kind, uri, args = [], kwargs = {} }: Act, base = 'http://127.0.0.1:8080'): string | undefined {
  const path = encodeURIComponent(uri);
  if (kind === 'subscribe') return `curl -N ${base}/events/${path}`;
  if (kind === 'register') return undefined;
  const where = `${base}/${kind}/${path}`;
  if (Object.keys(kwargs).length === 0) return `curl -X POST ${where} --json ${word(js(args))}`;
  return `curl -X POST ${word(`${where}?form=full`)} --json ${word(js({ args, kwargs }))}`;
}
