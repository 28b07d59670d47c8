// Invented people. The numbers have the birth numbers that the Swedish Tax Agency keeps for tests (980–999), the mail
// addresses cannot exist, the telephone numbers are kept for fiction.

import { createHmac } from 'node:crypto';

let count = 0;

/** Somebody who has not been here before. */
export function somebody() {
  count += 1;
  const day = String(count).padStart(2, '0');
  return {
    name: `Prova Provsson ${'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[count]}`,
    identityNumber: identityNumber(`198503${day}`, '980'),
    email: `prova${count}@kund.example`,
    phone: `070-174 06 ${String(count + 10)}`,
  };
}

/** Adds the check digit (Luhn over the last nine digits). */
function identityNumber(birthday, serial) {
  const digits = `${birthday.slice(2)}${serial}`;
  const sum = [...digits].reduce((total, digit, place) => {
    const weighted = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
  return `${birthday}-${serial}${(10 - (sum % 10)) % 10}`;
}

/** What an authenticator app shows at a time (RFC 6238). */
export function code(secret, at = Date.now()) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
