// What a visitor does: search, look at a place, order.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { open, picture, press } from './world.js';
import { somebody } from './people.js';
import { WAYS, WORDS, named } from './words.js';

export const ADDRESS = 'Kopparbergsvägen 10G';

for (const way of WAYS) {
  const { lang, script } = way;
  const words = WORDS[lang];
  const shot = (page, name) => picture(page, `${name}-${lang}${script ? '' : '-noscript'}`);

  describe(`a visitor, ${named(way)}`, () => {
    test('finds an address, reads the offer, is told everything that is wrong at once, and orders', async () => {
      const { page, close } = await open(way);
      await find(page, words, way, shot);
      await press(page, page.getByRole('link', { name: words.order }));
      await shot(page, '3-order');

      await press(page, page.getByRole('button', { name: words.pay }));
      const summary = page.getByRole('alert').filter({ hasText: words.correct });
      await summary.waitFor();
      assert.equal(await summary.getByRole('link').count(), 5, 'name, number, mail, telephone and acceptance are wrong');
      for (const id of ['name', 'identity_number', 'email', 'phone', 'accepted']) {
        assert.equal(await page.locator(`#${id}`).getAttribute('aria-invalid'), 'true', id);
        assert.ok(await page.locator(`#${id}-error`).isVisible(), `${id} says what is wrong`);
      }
      await shot(page, '4-order-refused');

      const person = somebody();
      await fill(page, person, words);
      await press(page, page.getByRole('button', { name: words.pay }));
      await page.getByRole('heading', { name: words.thanks }).waitFor();
      assert.match(await page.locator('#order-number').innerText(), /^MLRNET-\d{6}$/);
      const address = decodeURIComponent(page.url());
      for (const secret of [person.name, person.email, person.identityNumber]) assert.ok(!address.includes(secret));
      await shot(page, '5-receipt');

      await press(page, page.getByRole('link', { name: words.follow }));
      assert.match(await page.locator('#order-number').innerText(), /^MLRNET-\d{6}$/);
      await shot(page, '6-follow');
      await press(page, page.getByRole('link', { name: words.cancelHere }));
      await press(page, page.getByRole('button', { name: words.cancelSure }));
      await page.locator('#status').filter({ hasText: words.cancelled }).waitFor();
      assert.equal(await page.getByRole('link', { name: words.cancelHere }).count(), 0);
      await shot(page, '7-cancelled');
      await close();
    });

    test('keeps what was typed when one thing is wrong', async () => {
      const { page, close } = await open(way);
      await toOrder(page, way);
      const person = somebody();
      await fill(page, { ...person, identityNumber: '19850301-9809' }, words);
      await press(page, page.getByRole('button', { name: words.pay }));
      await page.getByRole('alert').filter({ hasText: words.correct }).waitFor();
      assert.equal(await page.getByRole('alert').getByRole('link').count(), 1);
      assert.equal(await page.locator('#name').inputValue(), person.name);
      assert.equal(await page.locator('#email').inputValue(), person.email);
      await close();
    });

    test('changes the language where they are', async () => {
      const { page, close } = await open(way);
      await page.goto(`/${lang}/`);
      await page.getByRole('navigation').getByRole('link', { name: words.other }).click();
      await page.getByRole('heading', { name: words.otherTitle }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), lang === 'sv' ? 'en' : 'sv');
      await close();
    });

    test('is told when nothing is found', async () => {
      const { page, close } = await open(way);
      await page.goto(`/${lang}/?q=Ingenstansgatan+999`);
      await page.getByText(words.none).waitFor();
      await close();
    });
  });
}

async function find(page, words, { lang, script }, shot) {
  await page.goto(`/${lang}/`);
  await page.getByRole('heading', { name: words.search }).waitFor();
  const box = page.getByRole('searchbox');
  await box.pressSequentially('kopparbergsvagen 10g', { delay: 15 });
  if (!script) await press(page, page.getByRole('button', { name: words.find }));
  const found = page.locator('#results').getByRole('link', { name: ADDRESS });
  await found.first().waitFor();
  if (script) assert.equal(new URL(page.url()).search, '', 'typing alone brought the list');
  await shot(page, '1-search');
  await found.first().click();
  await page.getByRole('heading', { name: ADDRESS }).waitFor();
  await page.getByText(words.connected, { exact: true }).waitFor();
  assert.ok(!page.url().includes('MLR-'), 'an access id is not in the address');
  await shot(page, '2-place');
}

/** The order form, the short way. */
export async function toOrder(page, { lang }) {
  await page.goto(`/${lang}/?q=${encodeURIComponent(ADDRESS)}`);
  await page.locator('#results').getByRole('link', { name: ADDRESS }).first().click();
  await press(page, page.getByRole('link', { name: WORDS[lang].order }));
  await page.locator('#identity_number').waitFor();
}

export async function fill(page, person, words) {
  await page.locator('#name').fill(person.name);
  await page.locator('#identity_number').fill(person.identityNumber);
  await page.locator('#email').fill(person.email);
  await page.locator('#phone').fill(person.phone);
  await page.getByLabel(words.accept).check();
}
