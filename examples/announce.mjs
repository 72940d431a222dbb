/*
 * What every service of the demos ends with: it tells the pages that it answers, by an event that is retained, and by a testament
 * when it is gone, however that came. The retained event is bound to the session, because a router that was killed publishes no testaments: its
 * next start must not say that this process is here.
 *
 * The testament of an earlier session may come after the later one has said that it is here: a router needs some seconds to notice that a connection, or another
 * router of its cluster, is dead. So a service that hears that it is away says again that it is not.
 */

/** The part of the component's name behind the slash: `auth` of `chess/auth`. */
export const name = process.env.AUTOSTRADA_COMPONENT.split('/')[1];

export async function announce(connection) {
  const topic = `${process.env.WAMP_REALM}.service.${name}`;
  let isReady = false;
  const say = (session) => session.publish(topic, ['here'], null, { retain: true, session_bound: true });
  const tell = async (session) => {
    await session.call('wamp.session.add_testament', [topic, ['away'], {}], { publish_options: { retain: true } });
    say(session);
  };
  const hear = ([state]) => {
    if (isReady && state === 'away' && connection.session) say(connection.session);
  };
  connection.subscribe(topic, hear, { get_retained: true });
  await Promise.all(connection.handles.map((handle) => handle.ready));
  isReady = true;
  await tell(await connection.open());
  connection.on('open', tell);
}
