/** Terminal colours by meaning. */

type Style = (text: string) => string;

export interface Paint {
  readonly strong: Style;
  readonly faint: Style;
  readonly good: Style;
  readonly warning: Style;
  readonly bad: Style;
  readonly accent: Style;
}

const plain: Style = (text) => text;

function ansi(open: number, close: number): Style {
  return (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`);
}

const COLORED: Paint = {
  strong: ansi(1, 22),
  faint: ansi(2, 22),
  good: ansi(32, 39),
  warning: ansi(33, 39),
  bad: ansi(31, 39),
  accent: ansi(36, 39),
};

const PLAIN: Paint = { strong: plain, faint: plain, good: plain, warning: plain, bad: plain, accent: plain };

export function createPaint(colored: boolean): Paint {
  return colored ? COLORED : PLAIN;
}
