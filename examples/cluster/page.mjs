// The page of the desk: a card for each router and for NATS, kept up to date by one retained event.
const connection = new window.autostrada.Connection({ url: '/ws', realm: 'desk' });

const words = { dead: 'dead', starting: 'starting …', ready: 'alive', isolated: 'alive, without the others', unknown: 'not known' };

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const titleOf = (name) => (name === 'NATS' ? 'NATS' : `Router ${name}`);

const cards = new Map(); // by name

function cardOf({ name }) {
  const known = cards.get(name);
  if (known) return known;
  const isRouter = name !== 'NATS';
  const state = make('small', { className: 'state' });
  const list = make('ul', { className: 'who' });
  list.dataset.empty = 'Nobody is here.';
  const button = make('button', { type: 'button', className: 'second' });
  const row = make('div', { className: 'open' }, button);
  const title = make('h2', { id: `title-${name}` }, titleOf(name), ' ', state);
  const section = make('section', { id: `node-${name}` }, title);
  section.setAttribute('aria-labelledby', title.id);
  if (isRouter) {
    list.setAttribute('aria-label', `Sessions at router ${name}`);
    const link = make('a', { href: `/chess/?router=${name}`, target: '_blank', textContent: `Play at ${name}` });
    row.prepend(link);
    section.append(list);
  } else {
    section.className = 'between';
    section.append(make('p', { textContent: 'It carries what the routers say to each other.' }));
  }
  section.append(row);
  document.getElementById('routers').append(section);
  const card = { state, list, button, link: row.querySelector('a'), last: undefined };
  button.onclick = async () => {
    window.demo.say('problem', '');
    try {
      await connection.call(card.last === 'dead' ? 'cluster.start' : 'cluster.kill', [name], null, {
        whenOffline: 'fail',
        timeoutMs: 10_000,
      });
    } catch (error) {
      window.demo.say('problem', window.demo.inWords(error), 'bad');
    }
  };
  cards.set(name, card);
  return card;
}

const kindOf = ({ authrole }) => (authrole === 'player' ? 'player' : authrole === 'visitor' ? 'visitor' : 'service');
const order = ['player', 'visitor', 'service'];

function showSessions(list, sessions) {
  const sorted = [...sessions].sort(
    (a, b) => order.indexOf(kindOf(a)) - order.indexOf(kindOf(b)) || (a.authid < b.authid ? -1 : 1),
  );
  const items = sorted.map((session) => {
    const kind = kindOf(session);
    const name = make('b', { textContent: kind === 'visitor' ? 'a page' : session.authid });
    const item = make('li', {}, name, ' ', make('span', { textContent: kind === 'visitor' ? 'before its login' : kind }));
    item.dataset.kind = kind;
    return item;
  });
  list.replaceChildren(...items);
}

const places = new Map(); // by authid of a player: the name of the router

function hear(nodes) {
  const isFirst = cards.size === 0;
  const here = new Map();
  for (const node of nodes) {
    const { name, state, sessions } = node;
    const card = cardOf(node);
    if (!isFirst && card.last !== state) window.demo.add('news', `${titleOf(name)} is ${words[state].replace(' …', '')}.`);
    card.last = state;
    window.demo.mark(card.state, state, words);
    if (card.link) card.link.hidden = state === 'dead';
    card.button.textContent = state === 'dead' ? 'Start' : 'Kill';
    card.button.setAttribute('aria-label', `${state === 'dead' ? 'Start' : 'Kill'} ${titleOf(name)}`);
    showSessions(card.list, sessions);
    for (const session of sessions) if (kindOf(session) === 'player') here.set(session.authid, name);
  }
  for (const [player, name] of here) {
    const before = places.get(player);
    if (before !== name)
      window.demo.add('news', `${player} is at router ${name}${before ? `, no longer at router ${before}` : ''}.`);
    places.set(player, name);
  }
  const news = document.getElementById('news');
  while (news.children.length > 100) news.lastChild.remove();
}

connection.subscribe('cluster.state', ([nodes]) => hear(nodes), { get_retained: true });
window.demo.showStatus(connection);
connection.open();
