// npm graphql-ws through a restart of the server: the client's own retries, each from the newest cursor that it has.
//
// Says `ready` when it is told of what is there. Whoever runs it then kills the server, changes something, and starts it again at the same address.

import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { CHANGED, Gathered, feed, give, police, socket, there, withdraw } from './support.mjs';

const before = await feed(police);
const gathered = new Gathered();
const client = createClient({
  url: socket,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${police}` },
  retryAttempts: 0,
});

/** Subscribes from the newest cursor until it was told enough, again and again. */
let cursor;
async function follow(isEnough) {
  while (!isEnough()) {
    try {
      for await (const result of client.iterate({ query: CHANGED, variables: { after: cursor } })) {
        gathered.sink.next(result);
        cursor = gathered.events.at(-1).cursor;
        if (isEnough()) return;
      }
    } catch (error) {
      // The server is away; anything else than that is wrong.
      assert.ok(['ECONNREFUSED', 'ECONNRESET'].includes(error?.code ?? error?.error?.code) || [1001, 1006].includes(error?.code), `${error?.code} ${error}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

await follow(() => gathered.events.length >= before.nodes.length);
console.log('ready');
const going = follow(() => gathered.events.length >= before.nodes.length + 2);
await new Promise((resolve) => process.stdin.once('data', resolve));
// The server is there again.
await withdraw();
await gathered.until(({ events }) => events.at(-1).kind === 'REMOVED', 'the marker is gone');
await give();
await going;
assert.deepEqual(there(gathered.kinds), there(before.nodes));
assert.equal(gathered.events.length, before.nodes.length + 2, 'no gap and nothing twice');
await client.dispose();
process.stdin.destroy();
console.log('restart: all is well');
