// Every code with which a socket of graphql-transport-ws is closed, by a client that can do wrong: npm ws against the program itself.

import assert from 'node:assert/strict';
import readline from 'node:readline';
import WebSocket from 'ws';
import { police, socket } from './support.mjs';

const PROTOCOL = 'graphql-transport-ws';
const init = { type: 'connection_init', payload: { authorization: `Bearer ${police}` } };
const subscribe = (id) => ({ id, type: 'subscribe', payload: { query: 'subscription { markerChanged { kind } }' } });
const wrongToken = { type: 'connection_init', payload: { authorization: 'Bearer nonsense' } };

/** Sends messages one after another once the socket is open, and tells how it was closed. */
const closed = (messages, { protocols = [PROTOCOL], after = () => {} } = {}) =>
  new Promise((resolve, reject) => {
    const ws = new WebSocket(socket, protocols);
    const timer = setTimeout(() => reject(new Error(`not closed: ${JSON.stringify(messages).slice(0, 200)}`)), 20_000);
    ws.on('open', () => {
      for (const message of messages) ws.send(typeof message === 'object' && !Buffer.isBuffer(message) ? JSON.stringify(message) : message);
      after(ws);
    });
    ws.on('error', () => {});
    ws.on('close', (code, reason) => {
      clearTimeout(timer);
      assert.ok(reason.length <= 123);
      resolve([code, reason.toString()]);
    });
  });

const codes = new Set();
for (const [what, code, messages, options] of [
  ['text that is no JSON', 4400, ['nonsense']],
  ['a message of no known type', 4400, [{ type: 'start', id: '1' }]],
  ['a message without a type', 4400, [{ id: '1' }]],
  ['a message of the server', 4400, [init, { type: 'connection_ack' }]],
  ['an operation without a document', 4400, [init, { id: '1', type: 'subscribe', payload: {} }]],
  ['a binary message', 4400, [Buffer.from(JSON.stringify(init))]],
  ['an operation before the beginning', 4401, [subscribe('1')]],
  ['a token that is refused', 4403, [wrongToken]],
  ['no token', 4403, [{ type: 'connection_init' }]],
  ['no sub-protocol', 4406, [], { protocols: [] }],
  ['nothing said in time', 4408, []],
  ['an id that is taken', 4409, [init, subscribe('1'), subscribe('1')]],
  ['a second beginning', 4429, [init, init]],
  ['a message that is too large', 1009, [init, ' '.repeat(300 * 1024)]],
  ['the client leaves', 1000, [init], { after: (ws) => ws.close(1000) }],
]) {
  const [got, reason] = await closed(messages, options);
  assert.equal(got, code, `${what}: ${got} ${reason}`);
  codes.add(got);
}

// A second operation of an id that has ended is no mistake; and the server that stops says so.
const ws = new WebSocket(socket, PROTOCOL);
const messages = [];
ws.on('message', (data) => messages.push(JSON.parse(data)));
const heard = async (isIt) => {
  for (let waited = 0; waited < 400; waited += 1) {
    const found = messages.findIndex(isIt);
    if (found >= 0) return messages.splice(found, 1)[0];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not heard: ${isIt}`);
};
await new Promise((resolve) => ws.on('open', resolve));
ws.send(JSON.stringify(init));
await heard(({ type }) => type === 'connection_ack');
for (let time = 0; time < 2; time += 1) {
  ws.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ viewer { purpose } }' } }));
  await heard(({ id, type }) => id === '1' && type === 'next');
  await heard(({ id, type }) => id === '1' && type === 'complete');
}
ws.send(JSON.stringify({ type: 'ping', payload: { at: 1 } }));
assert.deepEqual((await heard(({ type }) => type === 'pong')).payload, { at: 1 });
const left = new Promise((resolve) => ws.on('close', (code) => resolve(code)));
console.log('ready');
await new Promise((resolve) => readline.createInterface({ input: process.stdin }).once('line', resolve));
assert.equal(await left, 1001);
codes.add(1001);

console.log(`closings: ${[...codes].sort((a, b) => a - b).join(' ')}`);
process.exit(0);
