// A running `uttag demo` and a browser to look at it with.
//
//   UTTAG_BIN       the program under test; default target/debug/uttag
//   CHROMIUM        the browser; default /usr/bin/chromium
//   UTTAG_SHOTS     folder for pictures of the pages; none when not set

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = path.resolve(process.env.UTTAG_BIN ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'debug/uttag'));
const STORY_MS = 120_000;

/** What the demo printed, once it is up. */
export const demo = { origin: '', staff: {}, certificate: '', key: '', folder: '' };

let server;
let browser;

export async function start() {
  server = spawn(PROGRAM, ['demo'], { stdio: ['ignore', 'pipe', 'inherit'] });
  read(await until(server, /Ctrl-C ends it/));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export async function stop() {
  await browser?.close();
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  }
  if (demo.folder) rmSync(demo.folder, { recursive: true, force: true });
}

/** Everything the program writes until a line is there. */
function until(program, line) {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(() => reject(new Error(`the demo is not up after ${STORY_MS} ms:\n${text}`)), STORY_MS);
    program.once('error', reject);
    program.once('exit', (code) => reject(new Error(`the demo ended with ${code}:\n${text}`)));
    program.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      if (line.test(text)) {
        clearTimeout(late);
        program.removeAllListeners('exit');
        resolve(text);
      }
    });
  });
}

function read(text) {
  if (!text.includes('every step was verified')) throw new Error(`the story failed:\n${text}`);
  const found = (pattern) => pattern.exec(text)?.[1] ?? '';
  demo.origin = found(/^guide +(http:\/\/[^/]+)/m);
  demo.folder = found(/everything is up in (.+)$/m);
  demo.certificate = found(/^certificate +(.+)$/m);
  demo.key = found(/--key (.+)$/m);
  const people = [...text.matchAll(/^ +(\S+@\S+) {2}(\S+) {2}authenticator secret (\S+)$/gm)];
  for (const [, email, password, secret] of people) {
    demo.staff[email.split('@')[0]] = { email, password, secret };
  }
}

/** Runs the program under test; the exit code. */
export function uttag(...args) {
  return spawnSync(PROGRAM, args, { stdio: 'ignore' }).status;
}

/**
 * A page in a browser of its own, and everything that went wrong in it.
 * `close` throws when the page complained, or broke the content policy.
 */
export async function open({ lang = 'sv', script = true, session, ...more } = {}) {
  const context = await browser.newContext({
    baseURL: demo.origin, javaScriptEnabled: script, acceptDownloads: true,
    locale: lang === 'sv' ? 'sv-SE' : 'en-GB', viewport: { width: 1100, height: 800 }, storageState: session, ...more,
  });
  context.setDefaultTimeout(15_000);
  const complaints = [];
  context.on('console', (message) => {
    // A refused form or sign-in is answered with 422 or 401, which Chromium notes as an error of the page.
    if (message.type() === 'error' && !/status of (422|401)/.test(message.text())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  if (script) {
    await context.exposeFunction('reportPolicy', (what) => complaints.push(`content policy: ${what}`));
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => globalThis.reportPolicy(`${e.violatedDirective} ${e.blockedURI}`));
    });
  }
  const page = await context.newPage();
  page.on('response', (response) => {
    const document_ = response.request().isNavigationRequest() && response.headers()['content-type']?.startsWith('text/html');
    if (document_ && !response.headers()['content-security-policy']) complaints.push(`no content policy at ${response.url()}`);
    if (response.status() >= 500) complaints.push(`${response.status()} at ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(demo.origin) && !request.url().startsWith('data:')) complaints.push(`asks elsewhere: ${request.url()}`);
  });
  return {
    page, context,
    async close() {
      await context.close();
      if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`);
    },
  };
}

/** A picture of the whole page, when somebody wants to look. */
export async function picture(page, name) {
  if (!process.env.UTTAG_SHOTS) return;
  mkdirSync(process.env.UTTAG_SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.UTTAG_SHOTS, `${name}.png`), fullPage: true });
}

/** Clicks when the page stands still: without script nothing tells the browser's driver that a style sheet still moves things. */
export async function press(page, what) {
  await page.waitForLoadState('load');
  await what.scrollIntoViewIfNeeded();
  await what.click();
}
