/** Three fields make an agent; its identity files come from a template and are edited afterwards. */

import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Field, Input } from '../../components/field.tsx';
import { describeError, isCode } from '../../lib/api.ts';
import { useCreateAgent } from '../../lib/queries/agents.ts';
import { tellDone } from '../../lib/toasts.ts';
import { agentIdFrom, isAgentId } from './agent-id.ts';

interface CreateAgentDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

export function CreateAgentDialog({ open, onClose }: CreateAgentDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="New agent" description="It gets its own identity files, memory and conversations.">
      {open ? <CreateAgentForm onClose={onClose} /> : null}
    </Dialog>
  );
}

function CreateAgentForm({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [ownId, setOwnId] = useState<string | null>(null);
  const [role, setRole] = useState('');
  const create = useCreateAgent();
  const navigate = useNavigate();
  const id = ownId ?? agentIdFrom(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { id, ...(name.trim() && { display_name: name.trim() }), ...(role.trim() && { role: role.trim() }) },
      {
        onSuccess: (agent) => {
          onClose();
          tellDone(`${agent.display_name} was created`);
          void navigate({ to: '/agents/$agentId', params: { agentId: agent.id } });
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Name">
        {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} autoFocus maxLength={128} />}
      </Field>
      <Field label="Id" hint="Used in addresses and files; it cannot be changed later." error={idError(id, create.error)}>
        {(control) => (
          <Input
            {...control}
            value={id}
            onChange={(event) => setOwnId(event.target.value)}
            spellCheck={false}
            autoCapitalize="none"
            className="font-mono text-sm!"
          />
        )}
      </Field>
      <Field label="Role" hint="One line, for example: Answers support questions.">
        {(control) => <Input {...control} value={role} onChange={(event) => setRole(event.target.value)} maxLength={512} />}
      </Field>
      <div className="flex justify-end gap-2 pt-1">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" pending={create.isPending} disabled={!isAgentId(id)}>
          Create agent
        </Button>
      </div>
    </form>
  );
}

function idError(id: string, error: unknown): string | undefined {
  if (id !== '' && !isAgentId(id))
    return 'Lower-case letters, digits, - and _; it begins with a letter or digit and has at most 63 characters.';
  if (isCode(error, 'agent_exists')) return 'There is an agent with this id already.';
  return error ? describeError(error).detail : undefined;
}
