/* Running calls, the oldest first. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { RunningCall, RunningCalls } from '../../router/index.ts';
import { href, isPaused, realm } from '../data/page.ts';
import { count, counted, duration } from '../data/text.ts';
import { ask, link, textOf } from '../data/wire.ts';
import { Details, Facts, Fault } from '../parts/controls.tsx';
import { useEvery } from '../parts/every.ts';
import { type Column, Table } from '../parts/table.tsx';

const EVERY_MS = 1000;
const LIMIT = 1000;

const keyOf = ({ procedure, from, to, at }: RunningCall & { readonly at: number }): string =>
  `${procedure} ${from.session} ${to.session} ${at}`;

export function Calls(): JSX.Element {
  const running = useSignal<RunningCalls | undefined>(undefined);
  const fault = useSignal<string | undefined>(undefined);
  const chosen = useSignal<string | undefined>(undefined);
  useEvery(EVERY_MS, async () => {
    try {
      running.value = await ask<RunningCalls>('autostrada.inspect.calls', {
        limit: LIMIT,
        ...(realm.value === '' ? {} : { realm: realm.value }),
      });
      fault.value = undefined;
    } catch (error) {
      fault.value = textOf(error);
    }
  }, [realm.value, isPaused.value, link.value.state]);
  const now = running.value;
  // When it began: the age changes from one look to the next.
  const rows = (now?.calls ?? []).map((each) => ({ ...each, at: Math.round((now?.at ?? 0) - each.sinceMs) }));
  const found = rows.find((row) => keyOf(row) === chosen.value);
  const columns: readonly Column<(typeof rows)[number]>[] = [
    { name: 'age', width: '8rem', isNumber: true, cell: ({ sinceMs }) => duration(sinceMs) },
    { name: 'procedure', width: '40%', cell: ({ procedure }) => <code>{procedure}</code> },
    { name: 'caller', width: '18%', cell: ({ from }) => from.authid },
    { name: 'callee', width: '18%', cell: ({ to }) => to.authid },
    { name: 'realm', width: '12%', cell: (row) => row.realm },
    { name: '', width: 'auto', cell: ({ isKilled }) => (isKilled ? 'canceled, waits for its callee' : '') },
  ];
  return (
    <div class="view">
      <div class="bar">
        <h2>{counted(now?.count ?? 0, 'running call')}</h2>
        {now && now.count > rows.length && <p>The oldest {count(rows.length)} are shown.</p>}
      </div>
      <Fault text={fault.value} />
      <div class="beside">
        <Table
          label="Running calls, the oldest first"
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          chosen={chosen.value}
          choose={(row) => {
            chosen.value = keyOf(row);
          }}
          rowClass={({ sinceMs }) => (sinceMs > 10_000 ? 'old' : '')}
          empty="No call is running."
        />
        {chosen.value !== undefined && (
          <Details title={found?.procedure ?? 'call'} close={() => (chosen.value = undefined)}>
            {found ? (
              <>
                <Facts
                  of={[
                    ['age', duration(found.sinceMs)],
                    ['realm', found.realm],
                    ['caller', `${found.from.authid} (${found.from.authrole}), ${found.from.session ?? 'at another router'}`],
                    ['callee', `${found.to.authid} (${found.to.authrole}), ${found.to.session ?? 'at another router'}`],
                  ]}
                />
                <p class="links">
                  <a href={href('live', { uri: found.procedure, match: 'exact' })}>Watch the procedure</a>
                  {found.to.session !== null && <a href={href('live', { session: String(found.to.session) })}>Watch the callee</a>}
                </p>
              </>
            ) : (
              <p>It has ended.</p>
            )}
          </Details>
        )}
      </div>
    </div>
  );
}
