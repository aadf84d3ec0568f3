/** The instance's own pause: while it is on, no turn begins and nothing is sent, whatever the single agents are set to. */

import type { InstanceStore } from '../storage/instance/instance-store.ts';

const KEY = 'paused';

/** Durable: a restart finds it as it was. */
export class PauseSwitch {
  readonly #instance: Pick<InstanceStore, 'setting' | 'setSetting'>;
  readonly #onResume: () => void;
  #isOn: boolean;

  constructor(instance: Pick<InstanceStore, 'setting' | 'setSetting'>, onResume: () => void) {
    this.#instance = instance;
    this.#onResume = onResume;
    this.#isOn = instance.setting(KEY) === true;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Stops at once, before it is durable; goes on only after it is. Throws `storage_error`. */
  async set(isOn: boolean): Promise<void> {
    const wasOn = this.#isOn;
    this.#isOn ||= isOn;
    try {
      await this.#instance.setSetting(KEY, isOn);
    } catch (error) {
      this.#isOn = wasOn;
      throw error;
    }
    this.#isOn = isOn;
    if (wasOn && !isOn) this.#onResume();
  }
}
