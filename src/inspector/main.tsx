/* The inspector's page: its head, its views, and what is shown without a connection. */
import { signal, useSignalEffect } from '@preact/signals';
import { type JSX, render } from 'preact';
import { useEffect } from 'preact/hooks';
import { href, isPaused, loadRealms, realm, realms, VIEWS, type View, view } from './data/page.ts';
import { bytes, count, rate } from './data/text.ts';
import { find, followTop, order, top, topFault } from './data/top.ts';
import { isForUsers, link, logOut, start } from './data/wire.ts';
import { Choice, Fault, Field, Text } from './parts/controls.tsx';
import { Calls } from './views/calls.tsx';
import { LiveView } from './views/live.tsx';
import { Overview } from './views/overview.tsx';
import { Rules } from './views/rules.tsx';
import { Sessions } from './views/sessions.tsx';
import { Try } from './views/try.tsx';
import { Uris } from './views/uris.tsx';

const TITLES: { readonly [name in View]: string } = {
  overview: 'Overview',
  sessions: 'Sessions',
  uris: 'URIs',
  calls: 'Calls',
  live: 'Live',
  try: 'Try',
  rules: 'Rules',
};
const PAGES: { readonly [name in View]: () => JSX.Element } = {
  overview: Overview,
  sessions: Sessions,
  uris: Uris,
  calls: Calls,
  live: LiveView,
  try: Try,
  rules: Rules,
};

function Inspector(): JSX.Element {
  const { value: now } = link;
  const isOpen = now.state === 'open';
  useEffect(() => {
    if (isOpen) void loadRealms().catch(() => {});
  }, [now]);
  useSignalEffect(() => {
    const isWanted = link.value.state === 'open' && !isPaused.value;
    const wantsSessions = view.value === 'sessions';
    // These are read here so that a change of one of them begins it again.
    void [realm.value, order.value, find.value];
    return isWanted ? followTop(wantsSessions) : undefined;
  });
  useEffect(() => {
    document.title = `${TITLES[view.value]} · Inspector · Autostrada`;
  }, [view.value]);
  if (now.state === 'refused') return isForUsers ? <Login why={now.why} /> : <Refused />;
  const Page = PAGES[view.value];
  return (
    <>
      <Head />
      {now.state === 'lost' && (
        <Fault text={`There is no connection: ${now.why}. The page goes on by itself as soon as the router is back.`} />
      )}
      {isOpen && <Fault text={topFault.value} />}
      <main>{isOpen || top.value ? <Page /> : <p class="empty">Connecting …</p>}</main>
    </>
  );
}

function Head(): JSX.Element {
  const stats = top.value?.stats;
  const perSecond = top.value?.perSecond;
  return (
    <header class="head">
      <h1>
        Autostrada <small>inspector</small>
      </h1>
      <nav aria-label="Views">
        {VIEWS.map((each) => (
          <a key={each} href={href(each)} aria-current={view.value === each ? 'page' : undefined}>
            {TITLES[each]}
          </a>
        ))}
      </nav>
      <Choice
        label="Realm"
        value={realm.value}
        of={[['', 'all'], ...realms.value.map(({ name }) => [name, name] as const)]}
        change={(value) => {
          realm.value = value;
        }}
      />
      <p class="now">
        {stats && perSecond && (
          <>
            <b>{count(stats.sessions)}</b> {stats.sessions === 1 ? 'session' : 'sessions'} ·{' '}
            <b>{rate(perSecond.messagesIn + perSecond.messagesOut)}</b> messages/s · <b>{bytes(stats.queuedBytes)}</b> queued
            {stats.droppedEvents > 0 && (
              <>
                {' '}
                · <b>{count(stats.droppedEvents)}</b> dropped
              </>
            )}
          </>
        )}
      </p>
      <button
        type="button"
        class="second"
        aria-pressed={isPaused.value}
        onClick={() => {
          isPaused.value = !isPaused.value;
        }}
      >
        {isPaused.value ? 'Go on' : 'Pause'}
      </button>
      {isForUsers && (
        <button type="button" class="second" onClick={leave}>
          Log out
        </button>
      )}
    </header>
  );
}

function leave(): void {
  login.secret.value = '';
  login.isTried.value = false;
  void logOut();
}

/** What has been filled in stays while it is tried. */
const login = { authid: signal(''), secret: signal(''), isTried: signal(false) };

function Login({ why }: { readonly why: string }): JSX.Element {
  const { authid, secret, isTried } = login;
  return (
    <main class="refused">
      <h1>Inspector</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          isTried.value = true;
          start({ authid: authid.value, secret: secret.value });
        }}
      >
        <Text
          label="User (authid)"
          value={authid.value}
          change={(value) => {
            authid.value = value;
          }}
        />
        <Field label="Password, ticket or secret">
          {(id) => (
            <input
              id={id}
              type="password"
              value={secret.value}
              autocomplete="current-password"
              onInput={(event) => {
                secret.value = event.currentTarget.value;
              }}
            />
          )}
        </Field>
        <button type="submit" disabled={authid.value === '' || secret.value === ''}>
          Log in
        </button>
      </form>
      <Fault text={isTried.value && why !== '' ? why : undefined} />
    </main>
  );
}

function Refused(): JSX.Element {
  return (
    <main class="refused">
      <h1>This address lets nobody in any more</h1>
      <p>It was for one browser, or it is too old, or the router was restarted. A new one is printed by</p>
      <pre>autostrada inspect</pre>
      <p>for an `autostrada up` or `autostrada router --config` of this machine, and by each start with --inspect.</p>
    </main>
  );
}

start();
const place = document.getElementById('inspector');
if (place) {
  place.textContent = '';
  render(<Inspector />, place);
}
