/** Every tool there is; a new one is one line here. */

import type { Tool } from '../core/tool.ts';
import { react } from './react.ts';
import { reply } from './reply.ts';
import { setStatus } from './set-status.ts';
import { skip } from './skip.ts';

export const tools: readonly Tool[] = [reply, skip, react, setStatus];
