/* The sessions, those that do most first. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { names } from '../../cli/inspector/words.ts';
import type { TopOrder, TopSession } from '../../router/index.ts';
import { href } from '../data/page.ts';
import { bytes, count, counted, moment, rate } from '../data/text.ts';
import { find, order, top } from '../data/top.ts';
import { ask, textOf } from '../data/wire.ts';
import { Details, Facts, Fault, Text } from '../parts/controls.tsx';
import { type Column, Table } from '../parts/table.tsx';

export function Sessions(): JSX.Element {
  const chosen = useSignal<number | undefined>(undefined);
  const news = top.value;
  const sessions = news?.sessions ?? [];
  const found = sessions.find(({ session }) => session === chosen.value);
  const by = (name: TopOrder): Pick<Column<TopSession>, 'sort' | 'isSorted'> => ({
    sort: () => {
      order.value = name;
    },
    isSorted: order.value === name,
  });
  const columns: readonly Column<TopSession>[] = [
    { name: 'authid', width: '15%', cell: ({ authid, session }) => <span title={`session ${session}`}>{authid}</span> },
    { name: 'role', width: '9%', cell: ({ authrole }) => authrole },
    { name: 'realm', width: '9%', cell: ({ realm }) => realm },
    { name: 'transport', width: '12%', cell: ({ transport, serializer }) => `${transport} · ${serializer}` },
    { name: 'from', width: '11%', cell: ({ peer }) => peer ?? 'the router’s process' },
    { name: 'since', width: '13%', cell: ({ joinedAt }) => moment(joinedAt), ...by('joined') },
    { name: 'in/s', width: '7%', isNumber: true, cell: ({ perSecond }) => rate(perSecond.messagesIn), ...by('messages') },
    { name: 'out/s', width: '7%', isNumber: true, cell: ({ perSecond }) => rate(perSecond.messagesOut) },
    {
      name: 'queued',
      width: '9%',
      isNumber: true,
      cell: ({ queuedBytes }) => (queuedBytes === 0 ? '' : bytes(queuedBytes)),
      ...by('queued'),
    },
    {
      name: 'calls',
      width: '8%',
      isNumber: true,
      cell: ({ calls, invocations }) => (calls + invocations === 0 ? '' : `${calls} / ${invocations}`),
      ...by('calls'),
    },
  ];
  const more = (news?.count ?? 0) - sessions.length;
  return (
    <div class="view">
      <div class="bar">
        <h2>{counted(news?.count ?? 0, 'session')}</h2>
        <Text
          label="Find"
          value={find.value}
          isLate
          change={(value) => {
            find.value = value;
          }}
          placeholder="authid, role, address, agent, id"
        />
        {more > 0 && <p>The first {count(sessions.length)} are shown: choose an order, or find some.</p>}
      </div>
      <div class="beside">
        <Table
          label="Sessions"
          columns={columns}
          rows={sessions}
          keyOf={({ session }) => String(session)}
          chosen={chosen.value === undefined ? undefined : String(chosen.value)}
          choose={({ session }) => {
            chosen.value = session;
          }}
          empty={find.value === '' ? 'There are no sessions.' : 'No session has that.'}
        />
        {chosen.value !== undefined && (
          <Details
            title={found ? `${found.authid}` : `session ${chosen.value}`}
            close={() => {
              chosen.value = undefined;
            }}
          >
            {found ? <One key={found.session} session={found} /> : <p>It has left, or is not among those that are shown.</p>}
          </Details>
        )}
      </div>
    </div>
  );
}

function One({ session }: { readonly session: TopSession }): JSX.Element {
  const { perSecond } = session;
  return (
    <>
      <Facts
        of={[
          ['session', <code>{session.session}</code>],
          ['realm', session.realm],
          ['authrole', session.authrole],
          ['login', session.authmethod],
          ['transport', `${session.transport}, ${session.serializer}`],
          ['from', session.peer ?? 'the router’s process'],
          ['agent', session.agent ?? '–'],
          ['since', moment(session.joinedAt)],
          [
            'in',
            `${rate(perSecond.messagesIn)}/s, ${bytes(perSecond.bytesIn)}/s; ${count(session.messagesIn)} messages, ${bytes(session.bytesIn)}`,
          ],
          [
            'out',
            `${rate(perSecond.messagesOut)}/s, ${bytes(perSecond.bytesOut)}/s; ${count(session.messagesOut)} messages, ${bytes(session.bytesOut)}`,
          ],
          ['waits to be sent', bytes(session.queuedBytes)],
          ['events dropped', count(session.droppedEvents)],
          ['calls', `it waits for ${count(session.calls)}, and has to answer ${count(session.invocations)}`],
          ['has', `${counted(session.subscriptions, 'subscription')}, ${counted(session.registrations, 'registration')}`],
        ]}
      />
      <p>
        <a href={href('live', { session: String(session.session) })}>Watch it</a>
      </p>
      <End session={session} />
    </>
  );
}

/** Asks again before it does it. */
function End({ session: { realm, session, authid } }: { readonly session: TopSession }): JSX.Element {
  const isAsking = useSignal(false);
  const message = useSignal('');
  const fault = useSignal<string | undefined>(undefined);
  const end = async (): Promise<void> => {
    fault.value = undefined;
    const given = message.value === '' ? {} : { message: message.value };
    try {
      const was = await ask<boolean>(names.kill, { realm, session, ...given });
      if (!was) fault.value = 'It has left already.';
      isAsking.value = false;
    } catch (error) {
      fault.value = textOf(error);
    }
  };
  if (!isAsking.value)
    return (
      <>
        <button
          type="button"
          class="second"
          onClick={() => {
            isAsking.value = true;
          }}
        >
          End this session …
        </button>
        <Fault text={fault.value} />
      </>
    );
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        void end();
      }}
    >
      <p>{authid} gets GOODBYE with wamp.close.killed. A client that reconnects may come again.</p>
      <Text
        label="Message for it, if you like"
        value={message.value}
        change={(value) => {
          message.value = value;
        }}
      />
      <p class="buttons">
        <button type="submit" class="danger">
          End it
        </button>
        <button
          type="button"
          class="second"
          onClick={() => {
            isAsking.value = false;
          }}
        >
          Cancel
        </button>
      </p>
      <Fault text={fault.value} />
    </form>
  );
}
