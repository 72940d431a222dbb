/* Users of the router of router.mjs, and what they have to prove it. */
export const logins = {
  ticket: { authid: 'tina', secret: 'secret1', wrong: 'secret2' },
  wampcra: { authid: 'peter', secret: 'secret2', wrong: 'secret1' },
  scram: { authid: 'carol', secret: 'secret3', wrong: 'secret1' },
  cryptosign: {
    authid: 'client01',
    secret: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
    wrong: '010102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  },
};
