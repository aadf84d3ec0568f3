import { expect, test } from 'vitest';
import { redact } from './redact.ts';

test.each([
  [`sbt_${'a'.repeat(43)}`, '[redacted:spacebot]'],
  ['key sk-ant-api03-abcdefghijkl end', 'key [redacted:anthropic] end'],
  ['Authorization: Bearer abc.def-ghi_jkl', 'Authorization: Bearer [redacted:bearer]'],
  ['https://user:pass@example.org/x', 'https://[redacted:url_credentials]@example.org/x'],
  ['123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1', '[redacted:telegram]'],
])('a credential in a line is replaced by its kind: %#', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test('ids, hashes and ordinary prose stay readable', () => {
  const line = '{"run_id":"01a20e41-86dc-737e-ab5b-df7b57c19467","msg":"sk- is a prefix","hash":"9f86d081884c7d659a2feaa0"}';
  expect(redact(line)).toBe(line);
});
