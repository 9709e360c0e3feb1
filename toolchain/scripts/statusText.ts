/** The status as people read it: one line, or a block for a terminal. */
import type { Formatter } from "picocolors/types.js";
import pc from "picocolors";

import type { StatusEvent } from "../board/events.js";
import type { Broker } from "../devcloud/broker.js";

/** What the status says of the stored readings. Lost: promised, and neither waiting nor accounted for. */
export function lostByCounters(status: StatusEvent): number {
  const { storedTotal, deliveredTotal, expiredTotal, evictedTotal, waiting } = status;
  return Math.max(0, storedTotal - deliveredTotal - expiredTotal - evictedTotal - waiting);
}

/** One line, for logs and pipes. */
export function statusLine(status: StatusEvent, broker: Broker): string {
  const parts = [
    `link ${status.link}`,
    `broker ${broker.isRunning ? "up" : "down"}`,
    `client ${status.client}`,
    `stored ${status.storedTotal}`,
    `acknowledged ${status.deliveredTotal}`,
    `waiting ${status.waiting}`,
    `lost ${lostByCounters(status)}`,
    `arrived ${broker.publications().length}`,
    `RAM kernel ${kilobytes(status.kernelRam)} app ${kilobytes(status.appRam)}`,
    `flash erases ${status.flashErases}`,
  ];
  if (status.appRestarts > 0) parts.push(`app restarts ${status.appRestarts} (${status.lastAppStop})`);
  return parts.join(" · ");
}

/** A block, for a terminal. isPowered: whether the board has power. */
export function statusBlock(status: StatusEvent | null, broker: Broker, isPowered: boolean): string {
  const rows: Array<[string, string]> = [
    ["board", isPowered ? pc.green("on") : pc.red("no power")],
    ["broker", `${broker.isRunning ? pc.green("up") : pc.red("down")}  ${broker.name}, ${broker.host}:${broker.port}, TLS`],
  ];
  if (status !== null) rows.push(...statusRows(status));
  const last = broker.publications().at(-1);
  rows.push([
    "arrived",
    `${broker.publications().length}${last === undefined ? "" : pc.dim(`   ${last.topic}  ${shorten(last.payload.toString())}`)}`,
  ]);
  const keys = `${pc.bold("w")} Wi-Fi   ${pc.bold("b")} broker   ${pc.bold("p")} power   ${pc.bold("q")} quit`;
  return [...rows.map(([name, value]) => `${pc.dim(name.padEnd(14))}${value}`), "", keys].join("\n");
}

function statusRows(status: StatusEvent): Array<[string, string]> {
  const lost = lostByCounters(status);
  const rows: Array<[string, string]> = [
    ["Wi-Fi", colourOf(status.link)(status.link)],
    ["client", status.client],
    ["stored", `${status.storedTotal}`],
    ["acknowledged", `${status.deliveredTotal}`],
    ["waiting", status.waiting > 0 ? pc.yellow(`${status.waiting}`) : "0"],
    ["lost", lost > 0 ? pc.red(`${lost}`) : pc.green("0")],
    ["RAM", `kernel ${kilobytes(status.kernelRam)}, app ${kilobytes(status.appRam)}`],
    ["flash erases", `${status.flashErases}`],
  ];
  if (status.appRestarts > 0) rows.push(["app restarts", pc.yellow(`${status.appRestarts}  ${status.lastAppStop}`)]);
  return rows;
}

function colourOf(link: StatusEvent["link"]): Formatter {
  return link === "up" ? pc.green : link === "down" ? pc.red : pc.yellow;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
