// Sets the ground before the first paint, so that the page never flashes in the wrong one. A file of its own because the content policy forbids inline scripts.
(() => {
  let choice = 'system';
  try {
    choice = localStorage.getItem('spacebot.theme') ?? 'system';
  } catch {
    // Storage is blocked: follow the system.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
