/** The authrole by which a command is in the realms of its own router. It may do everything, and only `router.as` gives it. */
export const OWN_ROLE = 'autostrada.up';
