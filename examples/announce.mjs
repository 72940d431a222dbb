/*
 * What every service of the demos ends with: it tells the pages that it answers, by an event that is retained, and by a testament
 * when it is gone, however that came. The retained event is bound to the session, because a router that was killed publishes no testaments: its
 * next start must not say that this process is here.
 */

/** The part of the component's name behind the slash: `auth` of `chess/auth`. */
export const name = process.env.AUTOSTRADA_COMPONENT.split('/')[1];

export async function announce(connection) {
  const topic = `${process.env.WAMP_REALM}.service.${name}`;
  const tell = async (session) => {
    await session.call('wamp.session.add_testament', [topic, ['away'], {}], { publish_options: { retain: true } });
    session.publish(topic, ['here'], null, { retain: true, session_bound: true });
  };
  await Promise.all(connection.handles.map((handle) => handle.ready));
  await tell(await connection.open());
  connection.on('open', tell);
}
