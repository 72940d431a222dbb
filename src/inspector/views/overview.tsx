/* How the router does: what it counts now, and in the last five minutes. */
import type { JSX } from 'preact';
import type { TopNews } from '../../router/index.ts';
import { href } from '../data/page.ts';
import { bytes, count, rate } from '../data/text.ts';
import { series, top } from '../data/top.ts';
import { Plot } from '../parts/plot.tsx';

export function Overview(): JSX.Element {
  const news = top.value;
  if (!news) return <p class="empty">Waiting for the first figures …</p>;
  const { stats, perSecond, at: version } = news;
  const { at } = series;
  return (
    <div class="overview">
      <h2 class="unseen">Overview</h2>
      <ul class="cards">
        <Card name="sessions" value={count(stats.sessions)} to={href('sessions')} />
        <Card name="running calls" value={count(stats.calls)} to={href('calls')} />
        <Card name="subscriptions" value={count(stats.subscriptions)} to={href('uris')} />
        <Card name="registrations" value={count(stats.registrations)} to={href('uris')} />
        <Card name="messages a second" value={rate(perSecond.messagesIn + perSecond.messagesOut)} to={href('live')} />
        <Card name="waiting to be sent" value={bytes(stats.queuedBytes)} />
      </ul>
      <div class="plots">
        <Plot
          title="Messages a second"
          at={at}
          version={version}
          show={rate}
          lines={[
            { label: 'in', colour: '--first', values: series.messagesIn },
            { label: 'out', colour: '--second', values: series.messagesOut },
          ]}
        />
        <Plot
          title="Bytes a second"
          at={at}
          version={version}
          show={bytes}
          lines={[
            { label: 'in', colour: '--first', values: series.bytesIn },
            { label: 'out', colour: '--second', values: series.bytesOut },
          ]}
        />
        <Plot
          title="Sessions and calls"
          at={at}
          version={version}
          show={count}
          lines={[
            { label: 'sessions', colour: '--first', values: series.sessions },
            { label: 'running calls', colour: '--second', values: series.calls },
          ]}
        />
        <Plot
          title="Waiting to be sent"
          at={at}
          version={version}
          show={bytes}
          lines={[{ label: 'bytes', colour: '--first', values: series.queuedBytes }]}
        />
      </div>
      <Troubles news={news} />
    </div>
  );
}

function Card({ name, value, to }: { readonly name: string; readonly value: string; readonly to?: string }): JSX.Element {
  return (
    <li>
      <span class="figure">{value}</span> {to === undefined ? name : <a href={to}>{name}</a>}
    </li>
  );
}

/** What went wrong since the router was started. */
function Troubles({ news: { stats } }: { readonly news: TopNews }): JSX.Element {
  const logins = Object.entries(stats.refusals).filter(([, times]) => times > 0);
  const all: readonly (readonly [number, string, string])[] = [
    [stats.refusedLogins, 'logins refused', logins.map(([why, times]) => `${why} ${count(times)}`).join(', ')],
    [stats.droppedEvents, 'events dropped', 'their subscribers read too slowly'],
    [stats.slowConsumers, 'sessions ended', 'because they read too slowly'],
    [stats.slowedSessions, 'sessions that sent too fast', 'see limits.messagesPerSecond'],
    [stats.droppedPublications, 'publications dropped', 'without acknowledge: illegal, not allowed, or beyond a limit'],
    [stats.refusedConnections, 'connections refused', 'by a limit'],
  ];
  const happened = all.filter(([times]) => times > 0);
  return (
    <section class="troubles">
      <h3>Since the router was started</h3>
      <p>
        {count(stats.messagesIn)} messages in ({bytes(stats.bytesIn)}), {count(stats.messagesOut)} out ({bytes(stats.bytesOut)}),{' '}
        {count(stats.publications)} publications, {count(stats.events)} events.
      </p>
      {happened.length === 0 ? (
        <p>Nothing was refused, dropped or slowed.</p>
      ) : (
        <ul>
          {happened.map(([times, name, why]) => (
            <li key={name}>
              <b>
                {count(times)} {name}
              </b>
              {why === '' ? '' : `: ${why}`}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
