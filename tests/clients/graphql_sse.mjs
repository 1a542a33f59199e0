// npm graphql-sse, the reference client of GraphQL over server-sent events, in distinct connections mode.

import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';
import { Gathered, CHANGED, feed, give, moment, police, outsider, stream, there, withdraw } from './support.mjs';

const client = (token, options = {}) =>
  createClient({ url: stream, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0, ...options });

const subscribe = (on, after) => {
  const gathered = new Gathered();
  gathered.stop = on.subscribe({ query: CHANGED, variables: { after } }, gathered.sink);
  return gathered;
};

// From the beginning: what is there, and then what comes.
const all = await feed(police);
const reader = client(police);
const told = subscribe(reader);
await told.until(({ events }) => events.length >= all.nodes.length, 'what is there');
assert.deepEqual(there(told.kinds), there(all.nodes));
await withdraw();
await told.until(({ events }) => events.at(-1).kind === 'REMOVED', 'the marker is gone');
const removed = told.events.at(-1);
told.stop();

// While nobody listens the marker comes, goes and comes; from the cursor nothing is missed and nothing comes twice.
await give();
await withdraw();
await give();
const since = subscribe(reader, removed.cursor);
await since.until(({ events }) => events.at(-1)?.kind === 'SET', 'the marker is back');
await moment();
assert.ok(since.events.every(({ markerId }) => markerId === removed.markerId), 'nothing of others comes again');
assert.equal(new Set(since.events.map(({ cursor }) => cursor)).size, since.events.length, 'nothing twice');
assert.deepEqual(there([...told.kinds, ...since.kinds]), there(all.nodes));
await withdraw();
await since.until(({ events }) => events.at(-1).kind === 'REMOVED', 'it goes on');
await give();
since.stop();

// A query is one result.
const query = new Gathered();
reader.subscribe({ query: '{ viewer { purpose } }' }, query.sink);
await query.until(({ ended }) => ended, 'an answer');
assert.equal(query.results.length, 1);
assert.equal(query.results[0].errors, undefined);

// What is wrong with the document comes in the stream.
const wrong = new Gathered();
reader.subscribe({ query: 'subscription { nothingOfTheKind }' }, wrong.sink);
await wrong.until(({ ended }) => ended, 'a refusal');
assert.equal(wrong.results[0].errors[0].extensions.code, 'BAD_USER_INPUT');
const none = subscribe(client(outsider));
await none.until(({ ended }) => ended, 'a refusal');
assert.equal(none.results[0].errors[0].extensions.code, 'NOT_IN_AGREEMENT');

// What is wrong with the token comes by HTTP.
const refused = subscribe(client('nonsense'));
await refused.until(({ ended }) => ended, 'a refusal');
assert.equal(refused.ended.error.response.status, 401);

console.log('graphql-sse: all is well');
