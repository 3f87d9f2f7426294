// Numbers and names for people. Amounts are decimal strings in nano and may exceed what a number can hold.

const NANO = 1_000_000_000n;
const THIN = '\u202f';

/** Digits in groups of three. */
export function grouped(value) {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

/** Coins, exactly: `1 234.5`. */
export function coins(nano) {
  const amount = BigInt(nano);
  const [sign, size] = amount < 0n ? ['\u2212', -amount] : ['', amount];
  const rest = (size % NANO).toString().padStart(9, '0').replace(/0+$/, '');
  return sign + grouped(size / NANO) + (rest ? '.' + rest : '');
}

/** Units of amounts. */
export const unit = (nano) => (BigInt(nano) === NANO ? 'coin' : 'coins');

/** Coins with a few digits: `1.23 M`. */
export function about(nano) {
  const amount = BigInt(nano);
  for (const [unit, word] of [[10n ** 18n, 'bn'], [10n ** 15n, 'M']]) {
    // of a unit, with three digits
    if (amount >= unit) return `${places((amount * 1000n) / unit, 3)}${THIN}${word}`;
  }
  const cents = (amount * 100n) / NANO;
  // less than a coin: the first three significant digits
  if (amount > 0n && amount < NANO) return /^0\.0*\d{1,3}/.exec(coins(nano))[0];
  return grouped(cents / 100n) + (cents % 100n ? '.' + String(cents % 100n).padStart(2, '0') : '');
}

function places(value, digits) {
  const text = value.toString().padStart(digits + 1, '0');
  const rest = text.slice(-digits).replace(/0+$/, '');
  return grouped(text.slice(0, -digits)) + (rest ? '.' + rest : '');
}

/** Converts whole coins, as used by weights, to nano. */
export function weightNano(weight) {
  return BigInt(weight) * NANO;
}

/** `part` of `all`, as a number from 0 to 1. Both may be text, BigInt or numbers. */
export function share(part, all) {
  const [a, b] = [BigInt(part), BigInt(all)];
  return b > 0n ? Number((a * 1_000_000n) / b) / 1_000_000 : 0;
}

/** A share as `12.3 %`. */
export function percent(value, digits = 1) {
  return `${(value * 100).toFixed(digits)}${THIN}%`;
}

/** Basis points as a percentage. */
export function bp(value) {
  return `${Number(value) / 100}${THIN}%`;
}

/** Shortens a long name in the middle. */
export function short(text, head = 6, tail = 4) {
  if (!text) return '';
  const at = text.indexOf(':') + 1;
  return text.length - at <= head + tail + 1 ? text : `${text.slice(0, at + head)}…${text.slice(-tail)}`;
}

/** A length of time: `1.2 s`, `3 min`, `2 h`. */
export function span(seconds) {
  const s = Number(seconds);
  if (s < 1) return `${Math.round(s * 1000)}${THIN}ms`;
  if (s < 10) return `${s.toFixed(1).replace(/\.0$/, '')}${THIN}s`;
  if (s < 120) return `${Math.round(s)}${THIN}s`;
  if (s < 7200) return `${Math.round(s / 60)}${THIN}min`;
  if (s < 172_800) return `${Math.round(s / 3600)}${THIN}h`;
  return `${Math.round(s / 86_400)}${THIN}d`;
}

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const SHORT_DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const ZONE = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });

/** The time of day. */
function clock(ms) {
  return CLOCK.format(ms);
}

/** The time of day, and the day if it is not today. */
export function when(ms) {
  return DAY.format(ms) === DAY.format(Date.now()) ? clock(ms) : `${SHORT_DAY.format(ms)}, ${clock(ms)}`;
}

/** Day and time, to the ms, with the reader's time zone. */
export function moment(ms) {
  const zone = ZONE.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${DAY.format(ms)}, ${CLOCK.format(ms)}.${String(Math.floor(ms) % 1000).padStart(3, '0')} ${zone}`;
}

/** Returns the name of a chain. */
export function chainName(chain) {
  return chain === -1 ? 'Masterchain' : `Workchain ${chain}`;
}

/** `one` for 1, else `many`, with the number. */
export function count(number, one, many = one + 's') {
  return `${grouped(number)} ${Number(number) === 1 ? one : many}`;
}

/** Converts a name like `d_elector` to words. */
export function words(name) {
  return name.replaceAll('_', ' ');
}
