// What staff do: sign in with a code, import, contacts, a request of a person from opening to certificate.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import path from 'node:path';
import { ROOT, demo, open, picture, press, uttag } from './world.js';
import { code, somebody } from './people.js';
import { fill, toOrder } from './public.js';
import { WAYS, WORDS, named } from './words.js';

const SAMPLE = path.join(ROOT, 'crates/uttag/assets/sample_mdb2.csv');
const STEP_MS = 30_000;
const sessions = {};

describe('sign-in', () => {
  test('a wrong code is refused, and says no more than that', async () => {
    const { page, close } = await open();
    await credentials(page, demo.staff.ada, '000000', 'sv');
    await page.getByRole('alert').filter({ hasText: WORDS.sv.wrong }).waitFor();
    assert.equal(await page.locator('#password').inputValue(), '', 'the password is not sent back');
    await close();
  });

  for (const [who, way] of [['ada', { lang: 'sv', script: true }], ['kim', { lang: 'en', script: false }]]) {
    test(`${who} signs in with password and code, ${named(way)}`, async () => {
      const { page, context, close } = await open(way);
      await picture(await login(page, way.lang), `6-login-${way.lang}`);
      // A code works once, and the demo has used the one of its start: wait until there is a new one.
      for (let attempt = 0; attempt < 3 && !sessions[who]; attempt += 1) {
        await credentials(page, demo.staff[who], code(demo.staff[who].secret), way.lang);
        if (new URL(page.url()).pathname.endsWith('/staff')) sessions[who] = await context.storageState();
        else await new Promise((resolve) => setTimeout(resolve, STEP_MS - (Date.now() % STEP_MS) + 200));
      }
      assert.ok(sessions[who], 'not signed in');
      await page.getByRole('heading', { name: WORDS[way.lang].overview }).waitFor();
      await picture(page, `7-staff-${who}-${way.lang}`);
      const [cookie] = sessions[who].cookies;
      assert.ok(cookie.httpOnly && cookie.sameSite !== 'None', 'the cookie is out of reach for scripts and other sites');
      await close();
    });
  }
});

for (const way of WAYS) {
  const { lang, script } = way;
  const words = WORDS[lang];
  const shot = (page, name) => picture(page, `${name}-${lang}${script ? '' : '-noscript'}`);

  describe(`staff, ${named(way)}`, () => {
    test('import the file that is in force: nothing changes, and the page says so', async () => {
      const { page, close } = await open({ ...way, session: sessions.ada });
      await upload(page, lang, words, SAMPLE);
      await page.locator('#outcome').filter({ hasText: words.unchanged }).waitFor();
      assert.equal(await page.locator('#rows').innerText(), '2400');
      assert.equal(await page.locator('#added').innerText(), '0');
      await shot(page, '9-import-report');
      await close();
    });

    test('import a file with wrong rows, and get them back with the reason, but for one of somebody who was erased', async () => {
      const { page, close } = await open({ ...way, session: sessions.ada });
      // The demonstration has erased the resident of the first row.
      const [header, erased, row] = readFileSync(SAMPLE, 'utf8').split('\n');
      const file = path.join(demo.folder, 'demo', 'broken.csv');
      writeFileSync(file, `${header}\n${erased.replace('72002', '7200')}\n${row.replace('73222', '7322')}\n`);
      await upload(page, lang, words, file);
      await page.locator('#rejected').filter({ hasText: '2' }).waitFor();
      const download = page.waitForEvent('download');
      await press(page, page.getByRole('link', { name: words.rejected }));
      const text = readFileSync(await (await download).path(), 'utf8');
      assert.match(text, /;7322;/);
      assert.doesNotMatch(text, /Testsson|MLR-000001/);
      await shot(page, '10-import-rejected');
      await close();
    });

    test('enter a contact, who stays in quarantine and is not shown', async () => {
      const { page, close } = await open({ ...way, session: sessions.ada });
      const person = somebody();
      await page.goto(`/${lang}/staff/contacts`);
      await press(page, page.getByRole('link', { name: words.newContact }));
      await page.locator('#name').fill(person.name);
      await page.locator('#email').fill(person.email);
      await page.locator('#company').fill(`Bolaget ${lang}${script}`);
      await shot(page, '11-contact-new');
      await press(page, page.getByRole('button', { name: words.save }));
      await page.getByText(words.hidden).first().waitFor();
      assert.ok(!(await page.locator('main').innerText()).includes(person.name));
      await shot(page, '12-contacts');
      await close();
    });

    test('erase a customer: request, preview, decision, certificate', async () => {
      const person = somebody();
      const number = await order(way, person);
      const { page, close } = await open({ ...way, session: sessions.kim });
      await request(page, lang, words, person);
      await settled(page, words, script, 'AWAITING_DECISION');
      await page.getByRole('heading', { name: words.preview }).waitFor();
      const preview = page.getByRole('row', { name: 'orders' });
      assert.ok(await preview.filter({ hasText: words.proposed }).count() > 0, 'orders has something to erase');
      await shot(page, '14-request-preview');

      await press(page, page.getByRole('button', { name: words.proceed }));
      await settled(page, words, script, 'COMPLETED|PARTIALLY_RETAINED');
      const text = await page.locator('main').innerText();
      for (const secret of [person.name, person.email, person.identityNumber]) assert.ok(!text.includes(secret), 'the page shows the person in the clear');
      await shot(page, '15-request-done');
      await verified(page, words, person);
      await close();
      await gone(way, number);
    });
  });
}

describe('signing out', () => {
  test('ends the session', async () => {
    const { page, close } = await open({ session: sessions.ada });
    await page.goto('/sv/staff');
    await press(page, page.getByRole('button', { name: WORDS.sv.signOut }));
    await page.goto('/sv/staff/orders');
    assert.match(page.url(), /\/staff\/login/);
    await close();
  });
});

async function login(page, lang) {
  await page.goto(`/${lang}/staff`);
  await page.getByRole('heading', { name: WORDS[lang].signIn }).waitFor();
  return page;
}

async function credentials(page, who, totp, lang) {
  await login(page, lang);
  await page.getByLabel(WORDS[lang].email).fill(who.email);
  await page.getByLabel(WORDS[lang].password).fill(who.password);
  await page.getByLabel(WORDS[lang].code).fill(totp);
  await press(page, page.getByRole('button', { name: WORDS[lang].signIn }));
  await page.waitForLoadState();
}

async function upload(page, lang, words, file) {
  await page.goto(`/${lang}/staff/imports`);
  await page.getByLabel(words.file, { exact: true }).setInputFiles(file);
  await picture(page, `8-imports-${lang}`);
  await press(page, page.getByRole('button', { name: words.import, exact: true }));
  await page.locator('#outcome').waitFor();
}

/** An order of this person; its number. */
async function order(way, person) {
  const { page, close } = await open(way);
  await toOrder(page, way);
  await fill(page, person, WORDS[way.lang]);
  await press(page, page.getByRole('button', { name: WORDS[way.lang].pay }));
  const number = await page.locator('#order-number').innerText();
  await close();
  return number;
}

async function request(page, lang, words, person) {
  await page.goto(`/${lang}/staff/requests`);
  await press(page, page.getByRole('link', { name: words.newRequest }));
  await page.getByLabel(words.erasure).check();
  await page.getByLabel(words.identity).fill(person.identityNumber);
  await page.getByLabel(words.email).fill(person.email.toUpperCase());
  await picture(page, `13-request-new-${lang}`);
  await press(page, page.getByRole('button', { name: words.openRequest }));
}

/** Waits for a state: with script the page follows by itself, without somebody presses “reload”. */
async function settled(page, words, script, states) {
  const wanted = new RegExp(`^REQUEST_STATE_(${states})$`);
  const until = Date.now() + 30_000;
  for (;;) {
    const state = await page.locator('#state').getAttribute('data-state');
    if (wanted.test(state)) return;
    assert.ok(Date.now() < until, `the request stays ${state}`);
    if (!script) await press(page, page.getByRole('link', { name: words.reload }));
    await page.waitForTimeout(200);
  }
}

/** The certificate is right, and no longer when one byte of it is changed. */
async function verified(page, words, person) {
  const download = page.waitForEvent('download');
  await press(page, page.getByRole('link', { name: words.certificate }));
  const file = await (await download).path();
  assert.equal(uttag('certificate', 'verify', file, '--key', demo.key), 0);
  const bytes = readFileSync(file);
  for (const secret of [person.name, person.email, person.identityNumber]) assert.ok(!bytes.includes(secret));
  bytes[Math.floor(bytes.length / 3)] ^= 1;
  const forged = path.join(demo.folder, 'demo', 'forged.json');
  writeFileSync(forged, bytes);
  assert.notEqual(uttag('certificate', 'verify', forged, '--key', demo.key), 0);
}

/** The order is still there; the customer is not. */
async function gone(way, number) {
  const { page, close } = await open({ ...way, session: sessions.ada });
  await page.goto(`/${way.lang}/staff/orders`);
  await picture(page, `16-orders-${way.lang}`);
  await press(page, page.getByRole('link', { name: number }));
  await page.getByText(WORDS[way.lang].erased).waitFor();
  await picture(page, `17-order-${way.lang}`);
  await close();
}
