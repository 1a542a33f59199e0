// npm graphql-ws, the reference client of graphql-transport-ws.

import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { Gathered, CHANGED, feed, give, moment, police, outsider, socket, there, withdraw } from './support.mjs';

const closings = [];
const client = (token, options = {}) =>
  createClient({
    url: socket,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    on: { closed: ({ code, reason }) => closings.push({ code, reason }), ...options.on },
    ...options.more,
  });

const subscribe = (on, after) => {
  const gathered = new Gathered();
  gathered.stop = on.subscribe({ query: CHANGED, variables: { after } }, gathered.sink);
  return gathered;
};

// From the beginning: what is there, as the pages tell it, and then what comes.
const all = await feed(police);
assert.ok(all.nodes.length > 0, 'there are markers to tell of');
const first = client(police);
const told = subscribe(first);
await told.until(({ events }) => events.length >= all.nodes.length, 'what is there');
assert.deepEqual(there(told.kinds), there(all.nodes));
await withdraw();
await told.until(({ events }) => events.at(-1).kind === 'REMOVED', 'the marker is gone');
const removed = told.events.at(-1);
assert.equal(removed.marker, null);
assert.equal(there(told.kinds).length, there(all.nodes).length - 1);

// The connection is lost; while it is, the marker comes, goes and comes. From the cursor nothing is missed and nothing comes twice.
first.terminate();
await told.until(({ ended }) => ended?.error, 'the connection is lost');
await give();
await withdraw();
await give();
const second = client(police);
const since = subscribe(second, removed.cursor);
await since.until(({ events }) => events.at(-1)?.kind === 'SET', 'the marker is back');
await moment();
assert.equal(since.events.at(-1).markerId, removed.markerId);
assert.ok(since.events.every(({ markerId }) => markerId === removed.markerId), 'nothing of others comes again');
assert.equal(new Set(since.events.map(({ cursor }) => cursor)).size, since.events.length, 'nothing twice');
assert.deepEqual(there([...told.kinds, ...since.kinds]), there(all.nodes));
assert.deepEqual((await feed(police, since.events.at(-1).cursor)).nodes, []);

// From the newest event nothing comes but what happens next; two subscriptions of one socket are told alike.
const third = subscribe(second, since.events.at(-1).cursor);
await moment();
assert.equal(third.events.length, 0);
await withdraw();
for (const one of [third, since]) {
  await one.until(({ events }) => events.at(-1)?.kind === 'REMOVED', 'both are told');
}
assert.deepEqual(third.kinds, [{ kind: 'REMOVED', markerId: removed.markerId }]);
third.stop();
await give();
await since.until(({ events }) => events.at(-1).kind === 'SET', 'one is still told');
assert.equal(third.events.length, 1, 'the other ended');
assert.deepEqual(third.ended, { complete: true });

// Queries go over the socket too, and what is wrong with one is an error of that one alone.
const query = new Gathered();
second.subscribe({ query: '{ viewer { purpose } }' }, query.sink);
await query.until(({ ended }) => ended, 'an answer');
assert.equal(query.results.length, 1);
assert.deepEqual(query.ended, { complete: true });
const wrong = new Gathered();
second.subscribe({ query: 'subscription { nothingOfTheKind }' }, wrong.sink);
await wrong.until(({ ended }) => ended, 'a refusal');
assert.equal(wrong.ended.error[0].extensions.code, 'BAD_USER_INPUT');
assert.equal(since.ended, null, 'the subscription beside it goes on');

// Whoever is told of no markers is refused, and the socket stays.
const other = client(outsider);
const none = subscribe(other);
await none.until(({ ended }) => ended, 'a refusal');
assert.equal(none.ended.error[0].extensions.code, 'NOT_IN_AGREEMENT');

// A cursor is its reader's own.
const forged = subscribe(second, 'nonsense');
await forged.until(({ ended }) => ended, 'a refusal');
assert.equal(forged.ended.error[0].extensions.code, 'BAD_USER_INPUT');

// The client's pings are answered.
let pongs = 0;
const alive = client(police, { on: { pong: () => (pongs += 1) }, more: { keepAlive: 50, lazy: false } });
for (let waited = 0; pongs < 2 && waited < 100; waited += 1) await moment();
assert.ok(pongs >= 2, 'pings are answered');

for (const ended of [second, other, alive]) await ended.dispose();

// A token that is refused.
const refused = subscribe(client('nonsense'));
await refused.until(({ ended }) => ended, 'a refusal');
assert.equal(refused.ended.error.code, 4403);
assert.ok(closings.some(({ code }) => code === 4403));

console.log('graphql-ws: all is well');
