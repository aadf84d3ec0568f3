/** The doors of the API, with real connections. */

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from './api-test-world.ts';
import type { ApiServerOptions } from './create-api-server.ts';

const worlds: ApiWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

function open(options: Partial<ApiServerOptions> = {}): ApiWorld {
  const world = createApiWorld(options);
  worlds.push(world);
  return world;
}

function viaSocket(world: ApiWorld, path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: join(world.folder, 'spacebot.sock'), path, agent: false }, (response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, body }));
    });
    call.once('error', reject).end();
  });
}

/** Sends bytes as they are and reads until the server is done. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

test('the Unix socket has mode 0600, needs no token and is gone after the end', async () => {
  const world = open();
  writeFileSync(join(world.folder, 'spacebot.sock'), 'left behind by a crash');
  await world.server.listen();
  expect(statSync(join(world.folder, 'spacebot.sock')).mode & 0o777).toBe(0o600);
  expect((await viaSocket(world, '/api/agents')).status).toBe(200);
  expect(JSON.parse((await viaSocket(world, '/api/auth/session')).body)).toEqual({
    authenticated: true,
    method: 'socket',
    expires_at: null,
  });
  await world.server.close();
  expect(existsSync(join(world.folder, 'spacebot.sock'))).toBe(false);
});

test('with api.enabled = false only the socket is open', async () => {
  const world = open({ tcp: null });
  expect(await world.server.listen()).toEqual({ url: null, port: null, metricsPort: null });
  expect((await viaSocket(world, '/api/health')).status).toBe(200);
});

test('a port in use is port_in_use, and nothing stays open', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const world = open({ tcp: { port, bind: '127.0.0.1' } });
  await expect(world.server.listen()).rejects.toMatchObject({ code: 'port_in_use', name: 'ConflictError' });
  await expect(viaSocket(world, '/api/health')).rejects.toThrow();
  other.close();
});

test('a socket path too long for the system leaves the port as the only door', async () => {
  const world = open({ socketPath: `/tmp/${'x'.repeat(120)}.sock` });
  const { url } = await world.server.listen();
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
});

test('bodies, statuses without body and HEAD work over the wire', async () => {
  const world = open();
  const { url } = await world.server.listen();
  const headers = { authorization: `Bearer ${world.token()}`, 'Content-Type': 'application/json' };
  const created = await fetch(`${url}/api/agents`, { method: 'POST', headers, body: '{"id":"zwei"}' });
  expect([created.status, JSON.parse(await created.text()).id]).toEqual([201, 'zwei']);
  const deleted = await fetch(`${url}/api/agents/zwei`, { method: 'DELETE', headers });
  expect([deleted.status, await deleted.text()]).toEqual([204, '']);
  const head = await fetch(`${url}/api/health`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  const form = new FormData();
  form.set('file', new File(['x'.repeat(300_000)], 'big.bin'));
  const upload = await fetch(`${url}/api/agents/main/portal/cli/attachments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.token()}` },
    body: form,
  });
  expect(upload.status).toBe(201);
  expect(world.uploads[0]?.content).toHaveLength(300_000);
  const attachment = await fetch(`${url}/api/agents/main/attachments/a1`, { headers });
  expect(await attachment.text()).toBe('hello');
});

test('an oversized body without a length gets its 413 before the connection ends', async () => {
  const world = open();
  const { port } = await world.server.listen();
  const head = `POST /api/agents HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${world.token()}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
  const answer = await raw(port ?? 0, head + chunk.repeat(11));
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
  expect(answer).toContain('"payload_too_large"');
});

test('a strange Host gets our own refusal', async () => {
  const world = open();
  const { port } = await world.server.listen();
  for (const host of ['evil.example', 'EVIL.example', 'a b', 'x@y', '[::1']) {
    const answer = await raw(port ?? 0, `GET /api/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(answer).toContain('"host_not_allowed"');
  }
});

test('the metrics port answers without a token, and nothing else', async () => {
  const world = open({ metrics: { port: 0, bind: '127.0.0.1' } });
  const { metricsPort } = await world.server.listen();
  const at = `http://127.0.0.1:${metricsPort}`;
  expect(await (await fetch(`${at}/metrics`)).text()).toContain('spacebot_uptime_seconds 5');
  expect((await fetch(`${at}/api/health`)).status).toBe(404);
});
