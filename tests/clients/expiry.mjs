// A token that ends while connections are open: npm graphql-ws and graphql-sse.

import assert from 'node:assert/strict';
import { createClient as overEvents } from 'graphql-sse';
import { createClient as overSocket } from 'graphql-ws';
import WebSocket from 'ws';
import { CHANGED, Gathered, police, socket, stream } from './support.mjs';

const authorization = `Bearer ${police}`;
const sockets = overSocket({ url: socket, webSocketImpl: WebSocket, connectionParams: { authorization }, retryAttempts: 0 });
const events = overEvents({ url: stream, headers: { authorization }, retryAttempts: 0 });
const [bySocket, byEvents] = [sockets, events].map((client) => {
  const gathered = new Gathered();
  client.subscribe({ query: CHANGED }, gathered.sink);
  return gathered;
});
await bySocket.until(({ results }) => results.length > 0, 'it is told until then');
await byEvents.until(({ results }) => results.length > 0, 'it is told until then');
assert.equal(bySocket.ended ?? byEvents.ended, null);

await bySocket.until(({ ended }) => ended, 'the end of the token');
assert.equal(bySocket.ended.error.code, 4403);
assert.match(bySocket.ended.error.reason, /expired/);
await byEvents.until(({ ended }) => ended, 'the end of the token');
assert.deepEqual(byEvents.ended, { complete: true });
assert.equal(byEvents.results.at(-1).errors[0].extensions.code, 'UNAUTHENTICATED');

console.log('expiry: all is well');
