/* What one would write to do the same: in TypeScript, by the command line, by HTTP. */
import { pretty } from './text.ts';

export interface Act {
  readonly kind: 'call' | 'publish' | 'subscribe' | 'register';
  readonly realm: string;
  readonly uri: string;
  readonly match?: string | undefined;
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: { readonly [name: string]: unknown } | undefined;
}

/** The arguments, and behind them the keywords if there are any, as the router shows them. Nothing: the text was cut, or there is none. */
export function payloadIn(text: string | null): Pick<Act, 'args' | 'kwargs'> {
  for (let at = text?.length ?? 0; at > 0; at = text?.lastIndexOf(' {', at - 1) ?? 0) {
    try {
      const args: unknown = JSON.parse(text?.slice(0, at) ?? '');
      const rest = text?.slice(at) ?? '';
      return Array.isArray(args) ? { args, ...(rest === '' ? {} : { kwargs: JSON.parse(rest) }) } : {};
    } catch {
      // it was not there
    }
  }
  return {};
}

/** The same on several lines, as far as it is not cut. */
export function lines(text: string): string {
  const { args, kwargs } = payloadIn(text);
  if (!args) return text;
  return kwargs ? `${pretty(args)}\n${pretty(kwargs)}` : pretty(args);
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
