/** What to do when no model is configured: three ways, each one thing to type. */

import type { ReactNode } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { Section } from '../../components/page.tsx';

const PROVIDER_TABLE = `[llm.provider.local]
api_type = "openai_completions"
base_url = "http://127.0.0.1:11434/v1"
api_key = ""

[defaults.routing]
channel = "local/llama3.2"`;

export function SetupGuide() {
  return (
    <div id="setup">
      <Section title="Connect a model" hint="Nothing can be answered before.">
        <ol className="divide-y divide-line">
          <Way title="Look around without a key" command="npm start -- --demo">
            Stop Spacebot and start it like this. A built-in demo model answers offline, and every answer says so.
          </Way>
          <Way title="Use Anthropic or OpenAI" command={'ANTHROPIC_API_KEY=…  npm start\nOPENAI_API_KEY=…  npm start'}>
            Set one of these variables before starting. The key is read from the environment and written nowhere.
          </Way>
          <Way title="Use any other server, also on this machine" command={PROVIDER_TABLE}>
            Add a table <code className="font-mono text-xs">[llm.provider.&lt;id&gt;]</code> to{' '}
            <code className="font-mono text-xs">config.toml</code> in the instance folder. It is taken over as soon as the file is saved.
          </Way>
        </ol>
      </Section>
    </div>
  );
}

function Way({ title, command, children }: { readonly title: string; readonly command: string; readonly children: ReactNode }) {
  return (
    <li className="flex flex-col gap-2 px-4 py-4">
      <h3 className="text-sm font-semibold">{title}</h3>
      <p className="text-sm text-ink-2">{children}</p>
      <div className="flex items-start gap-2 rounded-control border border-line bg-ground py-1 pr-1 pl-3">
        <pre className="min-w-0 flex-1 overflow-x-auto py-1.5 font-mono text-xs leading-5">{command}</pre>
        <CopyButton text={command} />
      </div>
    </li>
  );
}
