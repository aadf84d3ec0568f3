/** Incremental parser for server-sent events (WHATWG HTML, 9.2.6): any chunking of the bytes gives the same events. */

export interface SseEvent {
  /** Empty when the stream names none. */
  readonly event: string;
  /** `data` lines joined with a line feed. */
  readonly data: string;
}

/**
 * Unlike a browser it also dispatches an event that the end of the stream left without its blank line, because providers forget it.
 * Memory is bounded by the transport's limit on the whole response.
 */
export class SseParser {
  readonly #decoder = new TextDecoder();
  #rest = '';
  #skipLineFeed = false;
  #event = '';
  #data = '';
  #hasData = false;

  /** Appends the events completed by `chunk` to `out`. */
  push(chunk: Uint8Array, out: SseEvent[]): void {
    this.#read(this.#decoder.decode(chunk, { stream: true }), out);
  }

  /** Call once after the last chunk. */
  end(out: SseEvent[]): void {
    this.#read(this.#decoder.decode(), out);
    if (this.#rest !== '') this.#readLine(this.#rest, out);
    this.#rest = '';
    this.#dispatch(out);
  }

  #read(decoded: string, out: SseEvent[]): void {
    if (decoded === '') return;
    const fresh = this.#skipLineFeed && decoded.charCodeAt(0) === 10 ? decoded.slice(1) : decoded;
    this.#skipLineFeed = decoded.charCodeAt(decoded.length - 1) === 13;
    // Only the fresh part can hold a line end, so that a long line in small chunks is not scanned again and again.
    let end = nextLineEnd(fresh, 0);
    let start = 0;
    while (end !== -1) {
      this.#readLine(this.#rest + fresh.slice(start, end), out);
      this.#rest = '';
      const isPair = fresh.charCodeAt(end) === 13 && fresh.charCodeAt(end + 1) === 10;
      start = end + (isPair ? 2 : 1);
      end = nextLineEnd(fresh, start);
    }
    this.#rest += fresh.slice(start);
  }

  #readLine(line: string, out: SseEvent[]): void {
    if (line === '') this.#dispatch(out);
    else this.#readField(line);
  }

  #readField(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1);
    if (field === 'data') {
      this.#data = this.#hasData ? `${this.#data}\n${value}` : value;
      this.#hasData = true;
    } else if (field === 'event') {
      this.#event = value;
    }
  }

  #dispatch(out: SseEvent[]): void {
    if (this.#hasData) out.push({ event: this.#event, data: this.#data });
    this.#event = '';
    this.#data = '';
    this.#hasData = false;
  }
}

function nextLineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from);
  const carriage = text.indexOf('\r', from);
  if (feed === -1 || carriage === -1) return Math.max(feed, carriage);
  return Math.min(feed, carriage);
}
