/* The URIs of a realm as a tree: procedures with their callees, topics with their subscribers, retained values with what has changed. */
import { useSignal } from '@preact/signals';
import { diffLines } from 'diff';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { ProcedureUse, RetainedValue, TopicUse } from '../../router/index.ts';
import { lines } from '../data/code.ts';
import { href, isPaused, oneRealm, realm, realms } from '../data/page.ts';
import { bytes, count, counted, moment } from '../data/text.ts';
import { isEmpty, loadUris, rowsOf, treeOf, type UriNode, uris, urisFault } from '../data/uris.ts';
import { ask, link, textOf } from '../data/wire.ts';
import { Details, Facts, Fault, Text } from '../parts/controls.tsx';
import { useEvery } from '../parts/every.ts';
import { type Column, Table } from '../parts/table.tsx';

const EVERY_MS = 3000;
/** A tree with fewer URIs is shown open. */
const FEW = 60;

export function Uris(): JSX.Element {
  const find = useSignal('');
  const chosen = useSignal<string | undefined>(undefined);
  /** Nodes that somebody has opened or closed. */
  const turned = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const one = oneRealm.value;
  useEvery(EVERY_MS, () => loadUris(one, find.value), [one, find.value, isPaused.value, link.value.state]);
  const known = uris.value;
  const root = useMemo(() => known && treeOf(known), [known]);
  if (!known || !root)
    return urisFault.value === undefined ? <p class="empty">Waiting for the URIs …</p> : <Fault text={urisFault.value} />;
  const isFew = known.topics.length + known.procedures.length + known.retained.length < FEW || find.value !== '';
  const isOpen = (node: UriNode): boolean => turned.value.get(node.uri) ?? isFew;
  const rows = rowsOf(root, isOpen);
  const found = rows.find(({ uri }) => uri === chosen.value);
  const turn = (node: UriNode): void => {
    turned.value = new Map(turned.value).set(node.uri, !isOpen(node));
  };
  const columns: readonly Column<UriNode>[] = [
    {
      name: 'URI',
      width: '46%',
      cell: (node) => (
        <span class="branch" style={{ paddingLeft: `${node.depth * 1.2}rem` }}>
          <b aria-hidden="true">{node.children.size === 0 ? '·' : isOpen(node) ? '▾' : '▸'}</b>{' '}
          <code>{node.name === '' ? '(empty)' : node.name}</code>
          {node.children.size > 0 && !isOpen(node) && <span class="below"> {belowOf(node)}</span>}
        </span>
      ),
    },
    { name: 'procedure', width: '18%', cell: ({ procedures }) => procedures.map(procedureText).join('; ') },
    { name: 'topic', width: '22%', cell: ({ topics }) => topics.map(topicText).join('; ') },
    { name: 'retained', width: '14%', cell: ({ retained }) => retained && `${bytes(retained.bytes)}` },
  ];
  const more =
    known.topicCount -
    known.topics.length +
    known.procedureCount -
    known.procedures.length +
    known.retainedCount -
    known.retained.length;
  return (
    <div class="view">
      <div class="bar">
        <h2>
          {counted(known.procedureCount, 'procedure')}, {counted(known.topicCount, 'topic')}
          {known.retainedCount > 0 && `, ${counted(known.retainedCount, 'retained event')}`}
        </h2>
        <Text label="Find" value={find.value} isLate change={(value) => (find.value = value)} placeholder="a part of a URI" />
        <p>
          in {known.realm}
          {realm.value === '' && realms.value.length > 1 && ' (another realm: choose it above)'}
          {more > 0 && `; ${count(more)} more: find some`}
        </p>
      </div>
      <Fault text={urisFault.value} />
      <div class="beside">
        <Table
          label={`URIs of ${known.realm}`}
          columns={columns}
          rows={rows}
          keyOf={({ uri }) => uri}
          chosen={chosen.value}
          choose={(node) => {
            const isAgain = chosen.value === node.uri;
            chosen.value = isEmpty(node) ? undefined : node.uri;
            if (node.children.size > 0 && (isEmpty(node) || isAgain)) turn(node);
          }}
          empty={find.value === '' ? 'Nobody has registered or subscribed to anything.' : 'No URI has that.'}
        />
        {found && (
          <Details title={found.uri === '' ? '(every URI)' : found.uri} close={() => (chosen.value = undefined)}>
            {found.procedures.map((each) => (
              <Procedure key={each.match} procedure={each} realm={known.realm} />
            ))}
            {found.topics.map((each) => (
              <Topic key={each.match} topic={each} realm={known.realm} />
            ))}
            {found.retained && <Retained key={found.uri} realm={known.realm} uri={found.uri} />}
          </Details>
        )}
      </div>
    </div>
  );
}

function belowOf({ topicCount, procedureCount, retainedCount }: UriNode): string {
  const parts = [
    ...(procedureCount > 0 ? [counted(procedureCount, 'procedure')] : []),
    ...(topicCount > 0 ? [counted(topicCount, 'topic')] : []),
    ...(retainedCount > 0 ? [`${count(retainedCount)} retained`] : []),
  ];
  return parts.join(', ');
}

const procedureText = ({ match, sessions, invoke }: ProcedureUse): string =>
  [counted(sessions, 'callee'), ...(invoke === 'single' ? [] : [invoke]), ...(match === 'exact' ? [] : [match])].join(', ');

const topicText = ({ match, sessions, routers }: TopicUse): string =>
  [
    counted(sessions, 'subscriber'),
    ...(routers > 0 ? [counted(routers, 'other router')] : []),
    ...(match === 'exact' ? [] : [match]),
  ].join(', ');

function Procedure({ procedure, realm }: { readonly procedure: ProcedureUse; readonly realm: string }): JSX.Element {
  const { uri, match, invoke, sessions, callees, running, since } = procedure;
  return (
    <section>
      <h4>procedure{match === 'exact' ? '' : `, ${match}`}</h4>
      <Facts
        of={[
          ['policy', invoke],
          [
            'callees',
            `${count(sessions)}: ${callees.map(({ authid, session }) => (session === null ? `${authid} at another router` : authid)).join(', ')}`,
          ],
          ['running here', counted(running, 'call')],
          ['since', moment(since)],
        ]}
      />
      <p class="links">
        <a href={href('try', { do: 'call', uri })}>Call it</a>
        <a href={href('live', { uri, match, kinds: 'calls' })}>Watch it</a>
        <a href={href('rules', { action: 'call', uri, realm })}>Who may?</a>
      </p>
    </section>
  );
}

function Topic({ topic, realm }: { readonly topic: TopicUse; readonly realm: string }): JSX.Element {
  const { uri, match, sessions, routers, hasHistory, since } = topic;
  return (
    <section>
      <h4>topic{match === 'exact' ? '' : `, ${match}`}</h4>
      <Facts
        of={[
          ['subscribers', `${count(sessions)}${routers > 0 ? `, and ${counted(routers, 'other router')}` : ''}`],
          ['history', hasHistory ? 'its events are kept' : 'none'],
          ['since', since === null ? 'it is at other routers only' : moment(since)],
        ]}
      />
      <p class="links">
        <a href={href('try', { do: 'subscribe', uri, match })}>Subscribe</a>
        <a href={href('try', { do: 'publish', uri })}>Publish</a>
        <a href={href('live', { uri, match, kinds: 'publications' })}>Watch it</a>
        <a href={href('rules', { action: 'publish', uri, realm })}>Who may?</a>
      </p>
    </section>
  );
}

const VALUE_EVERY_MS = 1000;

/** It is personal, so it is shown only when somebody asks for it. */
function Retained({ realm, uri }: { readonly realm: string; readonly uri: string }): JSX.Element {
  const isShown = useSignal(false);
  const now = useSignal<RetainedValue | null | undefined>(undefined);
  const before = useSignal<RetainedValue | undefined>(undefined);
  const fault = useSignal<string | undefined>(undefined);
  useEvery(VALUE_EVERY_MS, async () => {
    if (!isShown.value) return;
    try {
      const value = await ask<RetainedValue | null>('autostrada.payloads.retained', { realm, uri });
      fault.value = undefined;
      if (value?.publication === now.value?.publication && now.value !== undefined) return;
      if (now.value) before.value = now.value;
      now.value = value;
    } catch (error) {
      fault.value = textOf(error);
    }
  }, [isShown.value, isPaused.value, link.value.state]);
  useEffect(() => {
    now.value = undefined;
    before.value = undefined;
  }, [realm, uri]);
  const { value } = now;
  if (!isShown.value)
    return (
      <section>
        <h4>retained event</h4>
        <button type="button" class="second" onClick={() => (isShown.value = true)}>
          Show its payload (it may be personal)
        </button>
      </section>
    );
  return (
    <section>
      <h4>retained event</h4>
      <Fault text={fault.value} />
      {value === null && <p>It is gone.</p>}
      {value && (
        <>
          <p>
            of {moment(value.at)}, {bytes(value.bytes)}
            {before.value && `; before: ${moment(before.value.at)}`}
          </p>
          <pre class="diff" aria-live="polite">
            {before.value
              ? diffLines(textIn(before.value), textIn(value)).map(({ added, removed, value: text }, at) => (
                  <span key={`${at}${text}`} class={added ? 'added' : removed ? 'removed' : ''}>
                    {text
                      .replace(/\n$/, '')
                      .split('\n')
                      .map((line) => `${added ? '+' : removed ? '-' : ' '} ${line}\n`)
                      .join('')}
                  </span>
                ))
              : textIn(value)}
          </pre>
        </>
      )}
    </section>
  );
}

const textIn = ({ payload }: RetainedValue): string =>
  `${payload === null ? '(no payload, or one that cannot be shown)' : lines(payload)}\n`;
