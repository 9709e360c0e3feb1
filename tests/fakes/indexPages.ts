import { NorDevice } from "./norDevice";

/** Offsets of all pages of trees that lie on a flash, those of no tree any more among them. */
export function indexPages(device: NorDevice): i32[] {
  const pages: i32[] = [];
  for (let at = 0; at < device.bytes.length; at += 16) {
    const header = load<u32>(device.base + at);
    // Kind 0, system record 1, up to 248 bytes; nothing else that tests write begins so.
    if ((header & 0x3fffffff) >> 16 == 1 && (header & 0xffff) >= 8 && (header & 0xffff) <= 248) pages.push(at);
  }
  return pages;
}

/** Turns a bit in the page at an offset. */
export function damagePage(device: NorDevice, at: i32): void {
  store<u8>(device.base + at + 8, load<u8>(device.base + at + 8) ^ 4);
}

/** Turns a bit in each page. How many there are. */
export function damageIndex(device: NorDevice): i32 {
  const pages = indexPages(device);
  for (let i = 0; i < pages.length; i++) damagePage(device, pages[i]);
  return pages.length;
}
