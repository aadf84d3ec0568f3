/** The fixed sentences that people read when something went wrong; one place, so that none of them ever holds a provider's words. */

import type { AppError } from '../core/errors.ts';

/** What people quote to the operator: the last characters of the turn's id. */
function referenceOf(turnId: string): string {
  return turnId.slice(-8);
}

export function failureNotice(error: Pick<AppError, 'code' | 'publicMessage'>, turnId: string, detail: 'generic' | 'detailed'): string {
  if (error.code === 'setup_required') {
    return `I have no model to think with yet. The operator can add one: set ANTHROPIC_API_KEY or OPENAI_API_KEY, or a provider in config.toml. Reference: ${referenceOf(turnId)}`;
  }
  const what = detail === 'detailed' ? error.publicMessage : 'Something went wrong and I could not answer.';
  return `${what} Your message is kept. Reference: ${referenceOf(turnId)}`;
}

export function interruptedNotice(turnId: string): string {
  return `I was interrupted three times while answering and stopped trying. Your message is kept; send it again to start over. Reference: ${referenceOf(turnId)}`;
}
