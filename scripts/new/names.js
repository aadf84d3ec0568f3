/** The forms in which a name appears in code. */

export function nameForms(kebab) {
  const pascal = kebab.replace(/(^|-)([a-z0-9])/g, (_match, _dash, letter) => letter.toUpperCase());
  const camel = pascal[0].toLowerCase() + pascal.slice(1);
  const words = kebab.replaceAll('-', ' ');
  return { kebab, pascal, camel, snake: kebab.replaceAll('-', '_'), label: words[0].toUpperCase() + words.slice(1) };
}
