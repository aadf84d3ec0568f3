/** Reads the one file of a `multipart/form-data` body as a stream, never the whole of it into memory. */

import { createHash } from 'node:crypto';
import type { UploadedFile } from '../app/api-services.ts';
import type { Exchange } from './exchange.ts';
import { invalidRequest } from './invalid-request.ts';
import { MAX_UPLOAD_BYTES, readChunks } from './request-body.ts';

const MAX_HEADER_BYTES = 16 * 1024;
const BOUNDARY = /boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i;

/** The file of field `file`; other fields before it are skipped. Its content must be read to the end. Throws `invalid_request`, `payload_too_large`. */
export async function readMultipartFile(exchange: Exchange): Promise<UploadedFile> {
  const match = BOUNDARY.exec(exchange.header('content-type') ?? '');
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw malformed('has no boundary');
  const reader = new PartReader(readChunks(exchange, MAX_UPLOAD_BYTES), boundary);
  for (let header = await reader.nextPart(); header !== undefined; header = await reader.nextPart()) {
    const disposition = headerValue(header, 'content-disposition');
    if (parameter(disposition, 'name') === 'file') {
      return fingerprinted(exchange, {
        filename: baseName(parameter(disposition, 'filename') ?? '') || 'file',
        mimeType: headerValue(header, 'content-type') || 'application/octet-stream',
        content: reader.content(),
      });
    }
    for await (const _chunk of reader.content());
  }
  throw invalidRequest([{ path: 'file', message: 'the form has no such field' }]);
}

/** Leaves the fingerprint on the exchange when the content has been read to its end. */
function fingerprinted(exchange: Exchange, file: UploadedFile): UploadedFile {
  async function* content() {
    const hash = createHash('sha256').update(JSON.stringify([file.filename, file.mimeType]));
    for await (const chunk of file.content) {
      hash.update(chunk);
      yield chunk;
    }
    exchange.uploadFingerprint = hash.digest('hex');
  }
  return { ...file, content: content() };
}

/** Splits a byte stream at the boundary lines; holds back only as many bytes as a boundary could be long. */
class PartReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  #buffered: Buffer;
  /** Right after a header block, before its blank line was skipped. */
  #isFresh = false;

  constructor(source: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
    // The first boundary has no line before it; giving it one makes all of them alike.
    this.#buffered = Buffer.from('\r\n');
  }

  /** Header block of the next part, or nothing after the closing boundary. */
  async nextPart(): Promise<string | undefined> {
    for await (const _preamble of this.content());
    this.#buffered = this.#buffered.subarray(this.#delimiter.length);
    while (this.#buffered.length < 2) await this.#more();
    if (this.#buffered.subarray(0, 2).toString('latin1') === '--') return undefined;
    let end = this.#buffered.indexOf('\r\n\r\n');
    while (end < 0) {
      if (this.#buffered.length > MAX_HEADER_BYTES) throw malformed('has a part with too long headers');
      await this.#more();
      end = this.#buffered.indexOf('\r\n\r\n');
    }
    const header = this.#buffered.subarray(0, end).toString('utf8');
    // Keeps the last line end, so that an empty part's boundary still begins with one.
    this.#buffered = this.#buffered.subarray(end + 2);
    this.#isFresh = true;
    return header;
  }

  /** The bytes up to the next boundary, which stays in the buffer. */
  async *content(): AsyncGenerator<Uint8Array> {
    if (this.#isFresh) await this.#skipLineEnd();
    for (;;) {
      const at = this.#buffered.indexOf(this.#delimiter);
      if (at >= 0) {
        if (at > 0) yield this.#buffered.subarray(0, at);
        this.#buffered = this.#buffered.subarray(at);
        return;
      }
      const safe = this.#buffered.length - this.#delimiter.length;
      if (safe > 0) {
        yield this.#buffered.subarray(0, safe);
        this.#buffered = this.#buffered.subarray(safe);
      }
      await this.#more();
    }
  }

  /** The blank line after the headers is no content, unless the boundary follows at once. */
  async #skipLineEnd(): Promise<void> {
    this.#isFresh = false;
    while (this.#buffered.length < this.#delimiter.length) await this.#more();
    if (this.#buffered.indexOf(this.#delimiter) !== 0) this.#buffered = this.#buffered.subarray(2);
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next();
    if (done) throw malformed('ends before its closing boundary');
    this.#buffered = Buffer.concat([this.#buffered, value]);
  }
}

function headerValue(header: string, name: string): string {
  for (const line of header.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && line.slice(0, colon).trim().toLowerCase() === name) return line.slice(colon + 1).trim();
  }
  return '';
}

/** Browsers write `"` in names as `%22`; a backslash is content. */
function parameter(value: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}="([^"]*)"`, 'i').exec(value);
  return match?.[1]?.replaceAll('%22', '"');
}

/** No folders and no control characters: the name is shown and offered for download. */
function baseName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? '';
  return [...last]
    .filter((character) => character >= ' ' && character !== '\u007f')
    .join('')
    .slice(0, 255);
}

function malformed(what: string): Error {
  return invalidRequest([{ path: '', message: `the multipart body ${what}` }]);
}
