import { Writer } from "../../lib/bytes";

const DAY_MS: i64 = 86400000;

/**
 * Writes milliseconds since 1970 (0 or more) as `YYYY-MM-DDTHH:MM:SSZ`, UTC, the fraction cut off.
 * Source of the calendar: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
 */
export function writeTimestamp(out: Writer, wallMs: i64): void {
  const days = <i32>(wallMs / DAY_MS);
  const seconds = <i32>((wallMs - <i64>days * DAY_MS) / 1000);
  const shifted = days + 719468; // days since 0000-03-01
  const era = shifted / 146097;
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const march = (5 * dayOfYear + 2) / 153;
  const month = march < 10 ? march + 3 : march - 9;
  const year = yearOfEra + era * 400 + i32(month <= 2);
  two(out, year / 100);
  two(out, year % 100);
  part(out, 0x2d, month);
  part(out, 0x2d, dayOfYear - (153 * march + 2) / 5 + 1);
  part(out, 0x54, seconds / 3600);
  part(out, 0x3a, (seconds / 60) % 60);
  part(out, 0x3a, seconds % 60);
  out.u8(0x5a);
}

function part(out: Writer, separator: i32, value: i32): void {
  out.u8(separator);
  two(out, value);
}

function two(out: Writer, value: i32): void {
  out.u8(48 + value / 10);
  out.u8(48 + (value % 10));
}
