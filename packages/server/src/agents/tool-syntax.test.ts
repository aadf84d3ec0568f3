import { describe, expect, test } from 'vitest';
import { isToolSyntax } from './tool-syntax.ts';

const TOOLS = ['reply', 'skip', 'react', 'set_status'];

describe('[CH-13] an ordinary answer is delivered unchanged', () => {
  test.each([
    '[1] The first point, [2] the second.',
    '[Link](https://example.org)',
    '{curly} braces in prose',
    '{"temperature": 21, "unit": "C"}',
    '[1, 2, 3]',
    '[]',
    '{}',
    '"Quoted," she said.',
    "'single'",
    '```json\n{"name": "Ana", "age": 7}\n```',
    '```python\nprint("hi")\n```',
    '(a) and (b)',
    'reply (as soon as you can)',
    'reply(soon)',
    'You can call reply({"content": "x"}) to answer.',
    '<b>bold</b>',
    '<invoke the wizard>',
    'I would skip() that.',
    '{"name": "reply"}',
    '{"name": "unknown_tool", "arguments": {}}',
    '{"name": "Reply Ltd", "arguments": "none"}',
    'null',
    '<function>f(x) = x²</function>',
    '1. {"name": "reply", "arguments": {}}',
    '',
  ])('%j', (text) => {
    expect(isToolSyntax(text, TOOLS)).toBe(false);
  });
});

describe('[CH-12] a tool call written as text is told from an answer', () => {
  test.each([
    '{"name": "reply", "arguments": {"content": "Hi"}}',
    '  {"tool": "skip", "args": {}}\n',
    '{"tool_name": "react", "parameters": {"emoji": "👍"}}',
    '{"function": {"name": "reply", "arguments": "{}"}}',
    '{"type": "function", "function": {"name": "reply", "arguments": {}}}',
    '[{"name": "react", "input": {}}, {"name": "reply", "input": {}}]',
    '```json\n{"name": "reply", "arguments": {"content": "Hi"}}\n```',
    '```\nreply({"content": "Hi"})\n```',
    'reply({"content": "Hi"})',
    'skip()',
    '<tool_call>{"name": "reply", "arguments": {}}</tool_call>',
    '<invoke name="reply"><parameter name="content">Hi</parameter></invoke>',
  ])('%j', (text) => {
    expect(isToolSyntax(text, TOOLS)).toBe(true);
  });
});
