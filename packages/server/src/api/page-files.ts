/** Delivers the built page: hashed assets for ever, everything else fresh, and nothing that the page did not bring itself may run in it. */

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';
import type { Answer } from './exchange.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Vite puts files whose name holds the hash of their content here. */
const HASHED = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';

export interface PageFiles {
  /** `undefined` = there is no such file and no page to show instead. `path` is still encoded. */
  answer(path: string): Promise<Answer | undefined>;
}

/** `root` is the absolute folder of the built page; it may be missing or change while the daemon runs. */
export function openPageFiles(root: string): PageFiles {
  return {
    async answer(path) {
      const file = locate(root, path);
      if (file === undefined) return undefined;
      const content = path === '/' ? undefined : await readIfFile(file);
      if (content !== undefined && extname(file) !== '.html') return answerFile(path, file, content);
      // What has the suffix of a page's file is a file that is gone; every other path is a place inside the page, also one with a dot in it.
      if (content === undefined && TYPES[extname(file)] !== undefined) return undefined;
      const index = await readIfFile(join(root, 'index.html'));
      return index === undefined ? notBuilt() : answerHtml(index.toString('utf8'));
    },
  };
}

function locate(root: string, path: string): string | undefined {
  try {
    const file = resolve(root, `.${decodeURIComponent(path)}`);
    return file === root || file.startsWith(root + sep) ? file : undefined;
  } catch {
    return undefined;
  }
}

async function readIfFile(file: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return (await stat(file)).isFile() ? await readFile(file) : undefined;
  } catch {
    return undefined;
  }
}

function answerFile(path: string, file: string, content: Uint8Array<ArrayBuffer>): Answer {
  const headers: Record<string, string> = { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' };
  if (path.startsWith(HASHED)) headers['Cache-Control'] = FOREVER;
  return { status: 200, text: content, headers };
}

function answerHtml(html: string): Answer {
  return {
    status: 200,
    text: html,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': contentPolicy(html),
      'Referrer-Policy': 'no-referrer',
      'X-Frame-Options': 'DENY',
    },
  };
}

/** Inline scripts of the page itself (the theme, before the first paint) are admitted by their hash; style attributes place what floats. */
function contentPolicy(html: string): string {
  const hashes = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    ["script-src 'self'", ...hashes].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function notBuilt(): Answer {
  return answerHtml(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Spacebot</title>
<body><h1>Spacebot is running</h1><p>The page has not been built. Run <code>npm run build</code> and reload.
The API answers at <a href="/api/health">/api/health</a>.</p></body></html>`);
}
