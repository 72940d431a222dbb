// A simulated servo: it is asked for an angle, turns as fast as it can, and tells where it is meanwhile. `startServo` of the talk.
import { setTimeout } from 'node:timers/promises';
import { ApplicationError } from 'autostrada';
import { announce } from '../announce.mjs';

export default async function servo(service) {
  const limits = { min: -90, max: 90, degreesPerStep: 6 };
  let position = 0;
  let turn = 0;

  const tell = () => service.publish('iot.servo.position', [position], null, { retain: true, session_bound: true });
  tell();
  service.on('open', tell); // in every later session: the router has forgotten what an earlier one told

  service.register('iot.servo.start_servo', async ([target]) => {
    if (!Number.isFinite(target) || target < limits.min || target > limits.max)
      throw new ApplicationError('iot.error.out_of_range', [`The servo turns from ${limits.min} to ${limits.max} degrees.`]);
    turn += 1;
    const mine = turn; // a newer order replaces this one
    while (position !== target && mine === turn) {
      const rest = target - position;
      position += Math.sign(rest) * Math.min(Math.abs(rest), limits.degreesPerStep);
      tell();
      await setTimeout(20);
    }
    return position;
  });

  await announce(service);
}
