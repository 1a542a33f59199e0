// npm @urql/core: queries over HTTP and subscriptions over graphql-ws, as an application has them.

import assert from 'node:assert/strict';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { CHANGED, Gathered, feed, give, http, police, socket, there, withdraw } from './support.mjs';

const authorization = `Bearer ${police}`;
const sockets = createClient({ url: socket, webSocketImpl: WebSocket, connectionParams: { authorization } });
const client = new Client({
  url: http,
  preferGetMethod: false,
  fetchOptions: { headers: { authorization } },
  exchanges: [
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query, variables }, sink) }),
      }),
    }),
  ],
});

const viewer = await client.query('{ viewer { purpose } }', {}).toPromise();
assert.equal(viewer.error, undefined);
assert.ok(viewer.data.viewer.purpose);

const all = await feed(police);
const told = new Gathered();
const { unsubscribe } = client.subscription(CHANGED, {}).subscribe(({ data, error }) => {
  assert.equal(error, undefined);
  told.sink.next({ data });
});
await told.until(({ events }) => events.length >= all.nodes.length, 'what is there');
assert.deepEqual(there(told.kinds), there(all.nodes));
await withdraw();
await told.until(({ events }) => events.at(-1).kind === 'REMOVED', 'the marker is gone');
await give();
await told.until(({ events }) => events.at(-1).kind === 'SET', 'the marker is back');
unsubscribe();
await sockets.dispose();

console.log('urql: all is well');
