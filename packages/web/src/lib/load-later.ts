/** Loading parts of the page after the first screen, also across a lost connection and an upgrade. */

const RETRY_MS = 2_000;
/** A page is not reloaded for missing parts more often than this. */
const RELOAD_EVERY_MS = 60_000;
const RELOADED_AT = 'spacebot.reloaded-at';

/** Asks again until the part arrives; meanwhile whoever waits for it shows that it is loading. */
export async function loadPatiently<Part>(load: () => Promise<Part>): Promise<Part> {
  for (;;) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** A page that was open during an upgrade asks for parts that are gone; the new page has them. While nobody answers, the page stays as it is. */
export function reloadAfterUpgrade(): void {
  window.addEventListener('vite:preloadError', () => {
    void fetch('/api/health').then(
      (health) => {
        if (!health.ok || Date.now() - Number(sessionStorage.getItem(RELOADED_AT) ?? 0) < RELOAD_EVERY_MS) return;
        sessionStorage.setItem(RELOADED_AT, String(Date.now()));
        location.reload();
      },
      () => {},
    );
  });
}
