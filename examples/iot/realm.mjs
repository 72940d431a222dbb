export const services = [
  { name: 'accelerometer', file: 'accelerometer.mjs' },
  { name: 'servo', file: 'servo.mjs' },
];

const device = [{ uri: 'wamp.session.add_testament', allow: ['call'] }];

export const realm = {
  anonymous: 'dashboard',
  authroles: {
    dashboard: {
      permissions: [
        { uri: 'iot.', match: 'prefix', allow: ['subscribe'] },
        { uri: 'iot.servo.', match: 'prefix', allow: ['call', 'subscribe'] },
        { uri: 'iot.accelerometer.unplug', allow: ['call'] },
      ],
    },
    accelerometer: {
      permissions: [
        ...device,
        { uri: 'iot.accelerometer.', match: 'prefix', allow: ['publish', 'register'] },
        { uri: 'iot.service.accelerometer', allow: ['publish'] },
        { uri: 'iot.servo.position', allow: ['subscribe'] }, // the servo shakes it
      ],
    },
    servo: {
      permissions: [
        ...device,
        { uri: 'iot.servo.', match: 'prefix', allow: ['publish', 'register'] },
        { uri: 'iot.service.servo', allow: ['publish'] },
      ],
    },
  },
};
