export const services = [{ name: 'store', file: 'store.mjs' }];

export const realm = {
  anonymous: 'visitor',
  authroles: {
    visitor: {
      permissions: [
        { uri: 'upload.file', allow: ['call'] },
        { uri: 'upload.service.', match: 'prefix', allow: ['subscribe'] },
      ],
    },
    store: {
      permissions: [
        { uri: 'upload.', match: 'prefix', allow: ['register', 'publish'] },
        { uri: 'wamp.session.add_testament', allow: ['call'] },
      ],
    },
  },
};
