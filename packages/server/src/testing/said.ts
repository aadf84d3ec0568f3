/** What the person wrote, without the envelope of facts that the prompt puts before it. */

import { type ModelScript, reply, type SeenRequest } from './scripted-model/script.ts';

export function said(request: SeenRequest): string {
  return request.lastUserText.split('</envelope>\n').at(-1) ?? '';
}

/** A model that answers each message with what `answer` makes of it, whatever the order of the requests. */
export function answering(answer: (text: string) => string): ModelScript {
  return (request) => reply(answer(said(request)));
}
