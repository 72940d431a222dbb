export const services = [{ name: 'encoder', file: 'encoder.mjs' }];

export const realm = {
  anonymous: 'viewer',
  authroles: {
    viewer: {
      permissions: [
        { uri: 'videos.', match: 'prefix', allow: ['subscribe'] },
        { uri: 'videos.upload', allow: ['call'] },
      ],
    },
    encoder: {
      permissions: [
        { uri: 'videos.', match: 'prefix', allow: ['register', 'publish'] },
        { uri: 'wamp.session.add_testament', allow: ['call'] },
      ],
    },
  },
};
