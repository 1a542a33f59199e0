// A client that may send registered documents only, over a socket and as an event stream.

import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { police, socket, stream } from './support.mjs';

const documentId = `sha256:${process.env.TF_DOCUMENT}`;
const unknown = `sha256:${'0'.repeat(64)}`;
const query = '{ viewer { purpose } }';
const persisted = { extensions: { persistedQuery: { version: 1, sha256Hash: process.env.TF_DOCUMENT } } };

const ws = new WebSocket(socket, 'graphql-transport-ws');
const waiting = [];
ws.on('message', (data) => waiting.shift()?.(JSON.parse(data)));
const heard = () => new Promise((resolve) => waiting.push(resolve));
await new Promise((resolve) => ws.on('open', resolve));
ws.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${police}` } }));
assert.equal((await heard()).type, 'connection_ack');
for (const [payload, type] of [
  [{ documentId }, 'next'],
  [persisted, 'next'],
  [{ documentId: unknown }, 'error'],
  [{ query }, 'error'],
]) {
  const [first, last] = [heard(), type === 'next' ? heard() : undefined];
  ws.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  const message = await first;
  assert.equal(message.type, type, JSON.stringify(message));
  if (type === 'next') assert.equal(message.payload.data.viewer.purpose, 'safeguarding');
  else assert.equal(message.payload[0].extensions.code, 'DOCUMENT_NOT_REGISTERED');
  if (last) assert.equal((await last).type, 'complete');
}
ws.close(1000);

for (const [body, told] of [
  [{ documentId }, '"purpose":"safeguarding"'],
  [persisted, '"purpose":"safeguarding"'],
  [{ documentId: unknown }, 'DOCUMENT_NOT_REGISTERED'],
  [{ query }, 'DOCUMENT_NOT_REGISTERED'],
]) {
  const response = await fetch(stream, {
    method: 'POST',
    headers: { authorization: `Bearer ${police}`, 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  assert.ok(text.startsWith('event: next') && text.includes(told) && text.includes('event: complete'), text);
}

console.log('documents: all is well');
