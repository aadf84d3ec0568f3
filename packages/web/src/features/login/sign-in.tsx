/** The only page without a session: takes the token and says where it is. */

import { KeyRound, Orbit } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Field, Input } from '../../components/field.tsx';
import { describeError, isCode, isUnauthorized } from '../../lib/api.ts';
import { useSignIn } from '../../lib/queries/session.ts';

export function SignIn() {
  const [token, setToken] = useState('');
  const signIn = useSignIn();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') signIn.mutate(token.trim());
  };
  return (
    <main className="flex h-full items-center justify-center overflow-y-auto p-4">
      <div className="w-full max-w-90">
        <div className="mb-8 flex flex-col items-center gap-4 text-center">
          <span className="flex size-12 items-center justify-center rounded-surface bg-accent-fill text-on-accent">
            <Orbit className="size-7" aria-hidden />
          </span>
          <div>
            <h1 className="text-xl font-semibold">Sign in to Spacebot</h1>
            <p className="mt-1 text-sm text-ink-2">One token opens this instance.</p>
          </div>
        </div>
        <form onSubmit={submit} className="flex flex-col gap-4">
          <Field label="API token" error={signIn.error ? explain(signIn.error) : undefined}>
            {(control) => (
              <Input
                {...control}
                type="password"
                autoComplete="current-password"
                autoFocus
                spellCheck={false}
                placeholder="sbt_…"
                value={token}
                onChange={(event) => setToken(event.target.value)}
                className="h-10! font-mono"
              />
            )}
          </Field>
          <Button
            type="submit"
            variant="primary"
            icon={KeyRound}
            pending={signIn.isPending}
            disabled={token.trim() === ''}
            className="h-10!"
          >
            Sign in
          </Button>
        </form>
        <p className="mt-6 border-t border-line pt-4 text-sm text-ink-2">
          The token was printed when Spacebot first started. It is also in the file <Path>data/api.token</Path> of the instance folder,
          usually <Path>~/.spacebot</Path>.
        </p>
      </div>
    </main>
  );
}

function Path({ children }: { readonly children: string }) {
  return <code className="rounded-sm bg-raised px-1 py-0.5 font-mono text-xs text-ink">{children}</code>;
}

function explain(error: unknown): string {
  if (isUnauthorized(error)) return 'This is not the token of this instance. Copy it again, all 47 characters.';
  if (isCode(error, 'rate_limited')) return `Too many wrong tokens. ${describeError(error).detail}`;
  return describeError(error).detail;
}
