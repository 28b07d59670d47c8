// The order form by keyboard alone, with the focus seen at every stop.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { open } from './world.js';
import { somebody } from './people.js';
import { WAYS, WORDS } from './words.js';
import { ADDRESS } from './public.js';

const MOST_STOPS = 60;

describe('by keyboard alone', () => {
  for (const way of WAYS.filter(({ script }) => script)) {
    const words = WORDS[way.lang];

    test(`search to receipt in ${way.lang}`, async () => {
      const { page, close } = await open(way);
      await page.goto(`/${way.lang}/`);
      await page.keyboard.press('Tab');
      assert.equal((await focused(page)).text, words.skip, 'the first stop leads past the menu');
      await tabTo(page, ({ id }) => id === 'q');
      await page.keyboard.type(ADDRESS);
      await page.keyboard.press('Enter');
      await page.waitForURL(/\?q=/);
      await tabTo(page, ({ text }) => text.startsWith(ADDRESS));
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/place\//);
      await tabTo(page, ({ text }) => words.order.test(text));
      await page.keyboard.press('Enter');
      await page.waitForURL(/\/order\//);

      await tabTo(page, ({ text }) => text === words.pay);
      await page.keyboard.press('Enter');
      await page.locator('#errors').waitFor();
      await tabTo(page, ({ href }) => href === '#identity_number');
      await page.keyboard.press('Enter');
      assert.equal((await focused(page)).id, 'identity_number', 'the summary leads to the field');

      const person = somebody();
      await page.keyboard.type(person.identityNumber);
      await tabTo(page, ({ id }) => id === 'email');
      await page.keyboard.type(person.email);
      await tabTo(page, ({ id }) => id === 'phone');
      await page.keyboard.type(person.phone);
      const stops = await tabTo(page, ({ id }) => id === 'accepted');
      assert.ok(stops.some(({ role }) => role === 'region'), 'the texts can be scrolled by keyboard');
      await page.keyboard.press('Space');
      await page.keyboard.press('Shift+Tab');
      await tabTo(page, ({ id }) => id === 'name', 'Shift+Tab');
      await page.keyboard.type(person.name);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: words.thanks }).waitFor();
      await close();
    });
  }
});

/** Presses Tab until the focus is where it should be; every stop on the way has to be seen. */
async function tabTo(page, wanted, key = 'Tab') {
  const stops = [];
  for (let count = 0; count < MOST_STOPS; count += 1) {
    await page.keyboard.press(key);
    const stop = await focused(page);
    assert.ok(stop.seen, `the focus cannot be seen on ${stop.tag}#${stop.id} “${stop.text}”`);
    stops.push(stop);
    if (wanted(stop)) return stops;
  }
  return assert.fail(`not reached by ${key}; stopped at ${stops.map((stop) => stop.id || stop.text || stop.tag).join(', ')}`);
}

function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return {
      id: element.id, tag: element.tagName, text: element.innerText?.trim() ?? '', href: element.getAttribute('href'), role: element.getAttribute('role'),
      seen: element === document.body || (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2),
    };
  });
}
