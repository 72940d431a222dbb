/* Live lanes: caller ⇄ router ⇄ callee, one row a conversation. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Conversation, ConversationKind, Party, WatchFilter } from '../../router/index.ts';
import { type Act, asCommand, asCurl, asTypeScript, lines, payloadIn } from '../data/code.ts';
import { keyOf, Live } from '../data/live.ts';
import { become, href, isPaused, query, realm } from '../data/page.ts';
import { count, counted, duration, time } from '../data/text.ts';
import { link } from '../data/wire.ts';
import { Check, Choice, Copy, Details, Facts, Fault, Text } from '../parts/controls.tsx';
import { type Column, Table } from '../parts/table.tsx';

const KINDS: { readonly [name: string]: readonly ConversationKind[] | undefined } = {
  all: undefined,
  calls: ['call'],
  publications: ['publish', 'event'],
  subscriptions: ['subscribe', 'unsubscribe'],
  registrations: ['register', 'unregister'],
  sessions: ['join', 'leave'],
};

/** The filter is in the address, so that it can be kept and linked. */
function change(given: { readonly [name: string]: string | undefined }): void {
  become('live', { ...Object.fromEntries(query.value), ...given });
}

function filterOf(given: URLSearchParams): WatchFilter {
  const uri = given.get('uri') ?? '';
  const match = given.get('match');
  const session = Number(given.get('session') ?? '');
  const authid = given.get('authid') ?? '';
  const kinds = KINDS[given.get('kinds') ?? 'all'];
  return {
    ...(realm.value === '' ? {} : { realm: realm.value }),
    ...(uri === '' ? {} : { uri, match: match === 'exact' || match === 'wildcard' ? match : 'prefix' }),
    ...(session > 0 ? { session } : {}),
    ...(authid === '' ? {} : { authid }),
    ...(kinds ? { kinds } : {}),
    ...(given.get('failed') === 'true' ? { failed: true } : {}),
  };
}

export function LiveView(): JSX.Element {
  const live = useMemo(() => new Live(), []);
  const chosen = useSignal<string | undefined>(undefined);
  /** The rows stand still: somebody reads further below. */
  const held = useSignal<readonly Conversation[] | undefined>(undefined);
  useSignalEffect(() => {
    const filter = filterOf(query.value);
    const watchesPayloads = query.value.get('payloads') === 'true';
    if (isPaused.value || link.value.state !== 'open') live.stop();
    else live.start(filter, watchesPayloads);
  });
  useEffect(() => () => live.stop(), []);
  const given = query.value;
  const rows = held.value ?? live.rows.value;
  const found = rows.find((row) => keyOf(row) === chosen.value) ?? live.rows.value.find((row) => keyOf(row) === chosen.value);
  const fresh = held.value ? live.seen.value - seenAtHold(held.value, live) : 0;
  return (
    <div class="view">
      <div class="bar">
        <h2 class="unseen">Live</h2>
        <Text label="URI" value={given.get('uri') ?? ''} isLate change={(uri) => change({ uri })} placeholder="com.example." />
        <Choice
          label="Match"
          value={given.get('match') ?? 'prefix'}
          of={[
            ['prefix', 'prefix'],
            ['exact', 'exact'],
            ['wildcard', 'wildcard'],
          ]}
          change={(match) => change({ match })}
        />
        <Choice
          label="Kind"
          value={given.get('kinds') ?? 'all'}
          of={Object.keys(KINDS).map((each) => [each, each] as const)}
          change={(kinds) => change({ kinds })}
        />
        <Text label="User (authid)" value={given.get('authid') ?? ''} isLate change={(authid) => change({ authid })} />
        {given.get('session') && (
          <button type="button" class="second" onClick={() => change({ session: undefined })}>
            session {given.get('session')} ✕
          </button>
        )}
        <Check
          label="only what fails"
          isOn={given.get('failed') === 'true'}
          change={(isOn) => change({ failed: isOn ? 'true' : undefined })}
        />
        <Check
          label="payloads (they may be personal)"
          isOn={given.get('payloads') === 'true'}
          change={(isOn) => change({ payloads: isOn ? 'true' : undefined })}
        />
        <button type="button" class="second" onClick={() => live.clear()}>
          Clear
        </button>
      </div>
      <p class="notes" role="status">
        {counted(live.seen.value, 'conversation')}
        {live.skipped.value > 0 && `, and ${count(live.skipped.value)} more that were too many in a second`}
        {isPaused.value && ' · paused'}
        {fresh > 0 && ` · ${count(fresh)} new above`}
      </p>
      <Fault text={live.fault.value} />
      <div class="beside">
        <Table
          label="Conversations, the newest first"
          columns={COLUMNS}
          rows={rows}
          keyOf={keyOf}
          chosen={chosen.value}
          choose={(row) => {
            chosen.value = keyOf(row);
          }}
          rowClass={(row) => `lane ${row.state} ${row.receivers?.sessions === 0 && row.receivers.routers === 0 ? 'unheard' : ''}`}
          empty={isPaused.value ? 'Paused.' : 'Nothing has happened yet that fits.'}
          onTop={(isTop) => {
            if (isTop) held.value = undefined;
            else held.value ??= live.rows.value;
          }}
        />
        {found && (
          <Details
            title={`${found.kind} ${found.uri}`}
            close={() => {
              chosen.value = undefined;
            }}
          >
            <One row={found} />
          </Details>
        )}
      </div>
    </div>
  );
}

/** How many had been seen when the rows began to stand still. */
const seen = new WeakMap<readonly Conversation[], number>();

function seenAtHold(rows: readonly Conversation[], live: Live): number {
  const known = seen.get(rows) ?? live.seen.value;
  seen.set(rows, known);
  return known;
}

const COLUMNS: readonly Column<Conversation>[] = [
  { name: 'time', width: '8.2rem', cell: ({ at }) => <time>{time(at)}</time> },
  { name: 'kind', width: '6.2rem', cell: ({ kind }) => <span class={`kind ${kind}`}>{kind}</span> },
  { name: 'who', width: '14%', cell: ({ from }) => who(from) },
  { name: 'URI', width: '30%', cell: ({ uri, match }) => <code>{match === 'exact' ? uri : `${uri} (${match})`}</code> },
  { name: 'what came of it', width: 'auto', cell: (row) => <Lane row={row} /> },
];

function who({ authid, session }: Party): JSX.Element {
  return <span title={session === null ? 'at another router' : `session ${session}`}>{authid}</span>;
}

/** ● ──1.2 ms── ◆ callee ──3.0 ms── ● */
function Lane({ row }: { readonly row: Conversation }): JSX.Element {
  const { to, invokedMs, endedMs, state, progress, receivers, says } = row;
  const isUnheard = receivers?.sessions === 0 && receivers.routers === 0;
  const mark = state === 'failed' ? '✕' : isUnheard ? '○' : state === 'done' ? '✓' : '…';
  return (
    <span class="came">
      <b class="mark">{mark}</b>
      {to && (
        <>
          {invokedMs !== null && <span class="arrow">→ {duration(invokedMs)}</span>} <span class="callee">{who(to)}</span>{' '}
        </>
      )}
      {endedMs !== null && row.kind === 'call' && <span class="arrow">⇄ {duration(endedMs)}</span>}
      {progress > 0 && ` ${counted(progress, 'progressive result')}`}
      {receivers &&
        !isUnheard &&
        ` ${counted(receivers.sessions, 'session')}${receivers.routers > 0 ? `, ${counted(receivers.routers, 'other router')}` : ''}`}
      {(state === 'failed' || isUnheard) && <span class="says"> {says}</span>}
    </span>
  );
}

const ACTS: readonly string[] = ['call', 'publish', 'subscribe', 'register'];

function One({ row }: { readonly row: Conversation }): JSX.Element {
  const { from, to, receivers } = row;
  const isAct = ACTS.includes(row.kind);
  const act: Act = { kind: row.kind as Act['kind'], realm: row.realm, uri: row.uri, match: row.match, ...payloadIn(row.payload) };
  const curl = isAct ? asCurl(act) : undefined;
  return (
    <>
      <p class={`says ${row.state}`}>{row.says === '' ? row.state : row.says}</p>
      <Facts
        of={[
          ['realm', row.realm],
          ['at', time(row.at)],
          ['from', <Who party={from} />],
          ...(to ? ([['to', <Who party={to} />]] as const) : []),
          ...(row.invokedMs === null ? [] : ([['at the callee after', duration(row.invokedMs)]] as const)),
          ...(row.endedMs === null ? [] : ([['ended after', duration(row.endedMs)]] as const)),
          ...(row.error === null ? [] : ([['error', <code>{row.error}</code>]] as const)),
          ...(receivers
            ? ([['receivers', `${counted(receivers.sessions, 'session')}, ${counted(receivers.routers, 'other router')}`]] as const)
            : []),
        ]}
      />
      {row.payload !== null && <Payload name="payload" text={row.payload} />}
      {row.answer !== null && <Payload name="answer" text={row.answer} />}
      {row.uri !== '' && (
        <p class="links">
          <a href={href('live', { uri: row.uri, match: 'exact' })}>Only this URI</a>
          {from.session !== null && <a href={href('live', { session: String(from.session) })}>Only this session</a>}
          {isAct && (
            <a href={href('rules', { action: row.kind, uri: row.uri, match: row.match, as: from.authid, realm: row.realm })}>
              Why?
            </a>
          )}
          {row.kind !== 'register' && isAct && (
            <a
              href={href('try', {
                do: row.kind,
                uri: row.uri,
                args: JSON.stringify(act.args ?? []),
                kwargs: JSON.stringify(act.kwargs ?? {}),
              })}
            >
              Try it
            </a>
          )}
        </p>
      )}
      {isAct && (
        <p class="buttons">
          <Copy label="Copy as TypeScript" text={asTypeScript(act)} />
          <Copy label="as a command" text={asCommand(act)} />
          {curl !== undefined && <Copy label="as curl" text={curl} />}
        </p>
      )}
    </>
  );
}

function Who({ party: { authid, authrole, session } }: { readonly party: Party }): JSX.Element {
  return (
    <>
      {authid} ({authrole}){session === null ? ' at another router' : <code> {session}</code>}
    </>
  );
}

function Payload({ name, text }: { readonly name: string; readonly text: string }): JSX.Element {
  return (
    <>
      <h4>{name}</h4>
      <pre>{lines(text)}</pre>
    </>
  );
}
