/** The built page in a real browser, against the built daemon: what a person does on the first day. */

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeDaemons, DaemonHarness } from '../../src/testing/daemon-harness.ts';
import { reply, script } from '../../src/testing/scripted-model/script.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/testing/scripted-model/server.ts';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const canBrowse = existsSync(CHROMIUM);
if (!canBrowse && process.env.CI !== 'true') console.warn(`left out: the page in a browser (no ${CHROMIUM}; set CHROMIUM_PATH)`);

const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];

describe.runIf(canBrowse || process.env.CI === 'true')('the page', () => {
  let browser: Browser;
  let model: ScriptedModel;
  let daemon: DaemonHarness;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    problems.length = 0;
    model = await startScriptedModel(script(reply('The staging host is **eu-2**.', { chunkDelayMs: 20 })));
    daemon = await DaemonHarness.create(model.url);
    await daemon.start();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(8_000);
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('401')) problems.push(line.text());
    });
  });
  afterEach(async () => {
    await page.close();
    await closeDaemons();
    await model.close();
  });

  async function signIn(): Promise<void> {
    await page.goto(`${daemon.url}/`);
    await page.getByLabel('API token').fill(daemon.token());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  }

  test('[UI-1] a person signs in with the token, asks in the chat and reads the answer, and a wrong token is told so', async () => {
    await page.goto(`${daemon.url}/`);
    await page.getByLabel('API token').fill('sbt_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await signIn();
    await page.getByText('New chat').first().click();
    await page.getByLabel(/^Message to/).fill('Which host is staging?');
    await page.keyboard.press('Enter');
    await page.getByText('eu-2', { exact: true }).waitFor();
    expect(await page.locator('strong', { hasText: 'eu-2' }).count()).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  test('[UI-2] what happens elsewhere appears on the overview by itself, without a reload', async () => {
    await signIn();
    await daemon.webhook.send({ conversation_id: 'ticket-9', content: 'Is anybody there?', sender_name: 'Mira', sender_id: 'mira' });
    await page.getByText('ticket-9').first().waitFor();
    await page.getByText('Is anybody there?').first().waitFor();
    await page.getByText('eu-2').first().waitFor();
    expect(problems).toEqual([]);
  });

  test('[SSE-6] the page survives a kill of the daemon: it says so, comes back by itself and goes on', async () => {
    await signIn();
    await daemon.kill9();
    await page
      .getByText(/connection|reconnect|lost/i)
      .first()
      .waitFor();
    await daemon.start();
    await daemon.webhook.send({ conversation_id: 'after-the-kill', content: 'Back again?' });
    await page.getByText('after-the-kill').first().waitFor({ timeout: 40_000 });
  }, 60_000);
});
