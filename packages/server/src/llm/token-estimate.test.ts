import { expect, test } from 'vitest';
import { createTokenEstimator, loadTokenEstimator } from './token-estimate.ts';

test('an estimate is near what tokenizers say', async () => {
  const estimator = await loadTokenEstimator();
  const tokens = estimator.text('The quick brown fox jumps over the lazy dog. '.repeat(20));
  expect(tokens).toBeGreaterThan(150);
  expect(tokens).toBeLessThan(300);
});

test('the static prompt is counted once', () => {
  const counted: string[] = [];
  const estimator = createTokenEstimator((text) => {
    counted.push(text);
    return text.length;
  });
  const request = { system: [{ name: 's', text: 'static' }], tools: [{ name: 't', description: '', inputSchema: {} }], messages: [] };
  const first = estimator.request(request);
  expect(estimator.request({ ...request, messages: [] })).toBe(first);
  expect(counted).toHaveLength(2);
});
