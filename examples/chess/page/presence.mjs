/*
 * Presence. I announce it by a retained event, and leave a testament that says the opposite: the
 * router publishes it when my session ends, for any reason. A router that is killed publishes nothing, so the event is bound to
 * my session: the router forgets it when it starts again. Two windows may log in under one
 * name; the newer one plays.
 */
import { make } from './dom.mjs';

/** `onElsewhere`: another of my windows has taken over. Returns a function that takes over again. */
export function announce(connection, me, onElsewhere) {
  const topic = `chess.player.${me}.presence`;
  let isActive = true;
  const publish = (session) => session.publish(topic, [session.id, true], null, { retain: true, session_bound: true });
  const say = async (session) => {
    if (!isActive) return;
    await session.call('wamp.session.add_testament', [topic, [session.id, false], {}], { publish_options: { retain: true } });
    publish(session);
  };
  connection.on('open', (session) => say(session).catch(() => {})); // after a loss the next session announces it
  if (connection.session) say(connection.session).catch(() => {});

  connection.subscribe(topic, ([, isHere]) => {
    if (!isActive) return;
    if (isHere) {
      isActive = false;
      onElsewhere();
    } else if (connection.session) {
      publish(connection.session); // only my old session has ended, and I am still here
    }
  });

  return {
    again() {
      isActive = true;
      if (connection.session) say(connection.session).catch(() => {});
    },
  };
}

/** Whether somebody is here, as far as that is known. Gives back the handles. */
export function followPresence(connection, player, onPresence) {
  const last = { get_retained: true };
  if (player !== 'robot')
    return [connection.subscribe(`chess.player.${player}.presence`, ([, isHere]) => onPresence(isHere === true), last)];
  const robots = new Map(); // one of them is enough
  const hear = ([state], _kwargs, { topic }) => {
    if (!topic.startsWith('chess.service.robot-')) return;
    robots.set(topic, state === 'here');
    onPresence([...robots.values()].includes(true));
  };
  return [connection.subscribe('chess.service.', hear, { match: 'prefix', ...last })];
}

const names = { auth: 'auth', chat: 'chat', tournament: 'tournament', 'robot-1': 'robot 1', 'robot-2': 'robot 2' };

const words = { here: ' runs', away: ' is away', unknown: ' may be away' };

/** The services, each a process: kill one, and see. */
export function showServices(connection, list) {
  const chips = new Map();
  for (const [name, text] of Object.entries(names)) {
    const heard = make('span', { className: 'unseen' }); // some people cannot see the colour
    const chip = make('li', {}, text, heard);
    window.demo.mark(chip, 'unknown', words, heard);
    chips.set(name, chip);
  }
  list.replaceChildren(...chips.values());
  const hear = ([state], _kwargs, { topic }) => {
    const chip = chips.get(topic.split('.').at(-1));
    if (chip) window.demo.mark(chip, state === 'here' ? 'here' : 'away', words, chip.querySelector('.unseen'));
  };
  connection.subscribe('chess.service.', hear, { match: 'prefix', get_retained: true });
}
