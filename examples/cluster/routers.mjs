// Instead of chess/page/routers.mjs: all three routers. `?router=B` in the address of the page says which one comes first; when it dies, the page goes on at the next.
const response = await fetch('/routers.json');
const all = await response.json(); // { A: 'ws://127.0.0.1:8081/ws', … }
const names = Object.keys(all);
const first = Math.max(0, names.indexOf(new URLSearchParams(location.search).get('router')));

export const routers = names.map((_, i) => all[names[(first + i) % names.length]]);
