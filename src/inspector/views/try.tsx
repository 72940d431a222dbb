/* Forms to try something: a call, a publication, a subscription, as anybody. */
import { type Signal, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { names, type Tried, type TriedEvent } from '../../cli/inspector/words.ts';
import { type Act, asCommand, asCurl, asTypeScript } from '../data/code.ts';
import { authroles, become, oneRealm, query } from '../data/page.ts';
import { duration, pretty, time } from '../data/text.ts';
import { uris } from '../data/uris.ts';
import { follow, followToEnd, textOf } from '../data/wire.ts';
import { Check, Choice, Copy, Fault, Field, Text } from '../parts/controls.tsx';

type Do = 'call' | 'publish' | 'subscribe';
const DOS: readonly Do[] = ['call', 'publish', 'subscribe'];

interface Line {
  readonly id: number;
  readonly at: number;
  readonly title: string;
  readonly state: 'done' | 'failed' | 'waiting';
  readonly text: string;
}

const MAX_LINES = 200;
let lines = 0;

export function Try(): JSX.Element {
  const given = query.value;
  const does = DOS.find((each) => each === given.get('do')) ?? 'call';
  const uri = useSignal(given.get('uri') ?? '');
  const args = useSignal(given.get('args') ?? '[]');
  const kwargs = useSignal(given.get('kwargs') ?? '{}');
  const authrole = useSignal('');
  const authid = useSignal('');
  const timeout = useSignal('');
  const isRetained = useSignal(false);
  const said = useSignal<readonly Line[]>([]);
  const fault = useSignal<string | undefined>(undefined);
  const isRunning = useSignal(false);
  const stop = useRef<(() => void) | undefined>(undefined);
  useEffect(() => {
    for (const [name, field] of [
      ['uri', uri],
      ['args', args],
      ['kwargs', kwargs],
    ] as const) {
      const value = given.get(name);
      if (value !== null) field.value = value;
    }
  }, [given.toString()]);
  useEffect(() => () => stop.current?.(), []);

  const match = given.get('match') ?? 'exact';
  const payload = parsed(args.value, kwargs.value);
  const act: Act = {
    kind: does,
    realm: oneRealm.value,
    uri: uri.value,
    match: does === 'subscribe' ? match : 'exact',
    args: payload.args,
    kwargs: payload.kwargs,
  };
  const say = (line: Omit<Line, 'id' | 'at'>): void => {
    said.value = [{ ...line, id: ++lines, at: Date.now() }, ...said.value].slice(0, MAX_LINES);
  };
  const begin = (): void => {
    fault.value = payload.fault;
    if (payload.fault !== undefined) return;
    const as = {
      realm: oneRealm.value,
      ...(authrole.value === '' ? {} : { authrole: authrole.value }),
      ...(authid.value === '' ? {} : { authid: authid.value }),
    };
    const timeoutMs = Number(timeout.value);
    isRunning.value = true;
    const ended = (why: string): void => {
      isRunning.value = false;
      fault.value = why;
    };
    if (does === 'subscribe') {
      const asked = { ...as, uri: uri.value, match, ...(isRetained.value ? { retained: true } : {}) };
      stop.current = follow<TriedEvent | null>(
        names.subscribe,
        asked,
        (event) =>
          event
            ? say({ title: `event of ${event.topic}${event.isRetained ? ' (retained)' : ''}`, state: 'done', text: textIn(event) })
            : say({ title: `subscribed to ${uri.value}`, state: 'waiting', text: '' }),
        ended,
      );
      return;
    }
    const payloadGiven = { args: payload.args, kwargs: payload.kwargs };
    const asked = {
      ...as,
      uri: uri.value,
      ...payloadGiven,
      ...(does === 'call' ? (timeoutMs > 0 ? { timeoutMs } : {}) : isRetained.value ? { retain: true } : {}),
    };
    stop.current = followToEnd<Tried>(does === 'call' ? names.call : names.publish, asked, {
      progress: (tried) =>
        say({ title: `progress of ${uri.value} after ${duration(tried.afterMs)}`, state: 'waiting', text: textIn(tried) }),
      result: (tried) => {
        isRunning.value = false;
        const how = tried.error === null ? (does === 'call' ? 'result of' : 'published') : `${tried.error} of`;
        say({
          title: `${how} ${uri.value} after ${duration(tried.afterMs)}`,
          state: tried.error === null ? 'done' : 'failed',
          text: does === 'publish' && tried.error === null ? '' : textIn(tried),
        });
      },
      ended,
    });
  };
  const cancel = (): void => {
    stop.current?.();
    isRunning.value = false;
    say({ title: does === 'subscribe' ? `unsubscribed from ${uri.value}` : `canceled ${uri.value}`, state: 'failed', text: '' });
  };
  const curl = asCurl(act);
  const known = [...new Set((does === 'call' ? uris.value?.procedures : uris.value?.topics)?.map((each) => each.uri) ?? [])].slice(
    0,
    500,
  );
  return (
    <div class="view scrolls">
      <h2>Try something in {oneRealm.value}</h2>
      <form
        class="try"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <div class="bar">
          <Choice
            label="Do"
            value={does}
            of={DOS.map((each) => [each, each] as const)}
            change={(value) =>
              become('try', { ...Object.fromEntries(given), uri: uri.value, args: args.value, kwargs: kwargs.value, do: value })
            }
          />
          <Text
            label="URI"
            value={uri.value}
            isWide
            list={known}
            change={(value) => (uri.value = value)}
            placeholder="com.example.add"
          />
          {does === 'subscribe' && (
            <Choice
              label="Match"
              value={match}
              of={[
                ['exact', 'exact'],
                ['prefix', 'prefix'],
                ['wildcard', 'wildcard'],
              ]}
              change={(value) => become('try', { ...Object.fromEntries(given), uri: uri.value, match: value })}
            />
          )}
          <Choice
            label="As role"
            value={authrole.value}
            of={[['', 'all rights'], ...authroles.value.map((each) => [each, each] as const)]}
            change={(value) => (authrole.value = value)}
          />
          <Text label="As user (authid)" value={authid.value} change={(value) => (authid.value = value)} placeholder="inspector" />
          {does === 'call' && (
            <Text label="Time limit in ms" value={timeout.value} change={(value) => (timeout.value = value)} placeholder="none" />
          )}
          {does !== 'call' && (
            <Check
              label={does === 'publish' ? 'retain it' : 'retained events, too'}
              isOn={isRetained.value}
              change={(isOn) => (isRetained.value = isOn)}
            />
          )}
        </div>
        {does !== 'subscribe' && (
          <div class="payload">
            <Json label="Arguments: a JSON list" field={args} />
            <Json label="Keyword arguments: a JSON object" field={kwargs} />
          </div>
        )}
        <p class="buttons">
          {isRunning.value ? (
            // Two elements: one that became `submit` within its click would submit.
            <button key="stop" type="button" class="danger" onClick={cancel}>
              {does === 'subscribe' ? 'Unsubscribe' : 'Cancel'}
            </button>
          ) : (
            <button key="start" type="submit" disabled={uri.value === '' && match !== 'prefix'}>
              {does === 'call' ? 'Call' : does === 'publish' ? 'Publish' : 'Subscribe'}
            </button>
          )}
          <Copy label="Copy as TypeScript" text={asTypeScript(act)} />
          <Copy label="as a command" text={asCommand(act)} />
          {curl !== undefined && <Copy label="as curl" text={curl} />}
        </p>
      </form>
      <Fault text={fault.value} />
      <section class="said" aria-label="What came of it" aria-live="polite">
        {said.value.map(({ id, at, title, state, text }) => (
          <article key={id} class={state}>
            <p>
              <time>{time(at)}</time> {title}
            </p>
            {text !== '' && <pre>{text}</pre>}
          </article>
        ))}
      </section>
    </div>
  );
}

function Json({ label, field }: { readonly label: string; readonly field: Signal<string> }): JSX.Element {
  return (
    <Field label={label}>
      {(id) => (
        <textarea
          id={id}
          rows={4}
          spellcheck={false}
          value={field.value}
          onInput={(event) => (field.value = event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface Parsed {
  readonly args: readonly unknown[];
  readonly kwargs: { readonly [name: string]: unknown };
  readonly fault?: string | undefined;
}

function parsed(args: string, kwargs: string): Parsed {
  const nothing = { args: [], kwargs: {} };
  const read = (text: string, otherwise: string): unknown => JSON.parse(text.trim() === '' ? otherwise : text);
  let list: unknown;
  let dict: unknown;
  try {
    list = read(args, '[]');
  } catch (error) {
    return { ...nothing, fault: `The arguments are no JSON: ${textOf(error)}` };
  }
  if (!Array.isArray(list)) return { ...nothing, fault: 'The arguments are to be a JSON list, such as [1, "two"]' };
  try {
    dict = read(kwargs, '{}');
  } catch (error) {
    return { ...nothing, args: list, fault: `The keyword arguments are no JSON: ${textOf(error)}` };
  }
  if (typeof dict !== 'object' || dict === null || Array.isArray(dict))
    return { ...nothing, args: list, fault: 'The keyword arguments are to be a JSON object, such as {"name": "joe"}' };
  return { args: list, kwargs: dict as Parsed['kwargs'] };
}

function textIn({ args, kwargs }: Pick<Tried, 'args' | 'kwargs'>): string {
  const hasKwargs = Object.keys(kwargs).length > 0;
  if (!hasKwargs && args.length <= 1) return args.length === 0 ? '' : pretty(args[0]);
  return pretty(hasKwargs ? { args, kwargs } : args);
}
