// Where the router is. `npm run cluster` has another file here, with three of them.
export const routers = '/ws';
