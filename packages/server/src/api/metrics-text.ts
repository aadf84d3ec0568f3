/** The Prometheus text format 0.0.4, made of plain data at scrape time. */

import type { HistogramSample, MetricFamily, MetricLabels } from '../app/api-services.ts';

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export function renderMetrics(families: readonly MetricFamily[]): string {
  return families.map(renderFamily).join('');
}

function renderFamily(family: MetricFamily): string {
  const name = `spacebot_${family.name}`;
  const head = `# HELP ${name} ${escapeHelp(family.help)}\n# TYPE ${name} ${family.type}\n`;
  if (family.type === 'histogram') return head + family.samples.map((sample) => renderHistogram(name, sample)).join('');
  return head + family.samples.map(({ labels, value }) => renderLine(name, labels, value)).join('');
}

function renderHistogram(name: string, { labels, buckets, counts, sum, count }: HistogramSample): string {
  let seen = 0;
  let text = '';
  buckets.forEach((bound, index) => {
    seen += counts[index] ?? 0;
    text += renderLine(`${name}_bucket`, { ...labels, le: String(bound) }, seen);
  });
  text += renderLine(`${name}_bucket`, { ...labels, le: '+Inf' }, count);
  return text + renderLine(`${name}_sum`, labels, sum) + renderLine(`${name}_count`, labels, count);
}

function renderLine(name: string, labels: MetricLabels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${formatNumber(value)}\n`;
}

function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
