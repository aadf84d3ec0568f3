/** The rule for agent ids, and a good guess from a name. */

const PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export function isAgentId(id: string): boolean {
  return PATTERN.test(id);
}

/** `Élodie's Research` to `elodies-research`; empty when nothing usable is left. */
export function agentIdFrom(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f'’]/g, '')
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, 63);
}
