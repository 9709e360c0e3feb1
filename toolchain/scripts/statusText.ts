/** The status as people read it: one line, or a block for a terminal. */
import type { Formatter } from "picocolors/types.js";
import pc from "picocolors";

import type { StatusEvent } from "../board/events.js";
import type { Broker } from "../devcloud/broker.js";

const NAME_COLUMNS = 16;
type Row = [title: string, value: string, paint?: (text: string) => string];

/** What the status says of the stored readings. Lost: promised, and neither waiting nor accounted for. */
export function lostByCounters(status: StatusEvent): number {
  const { storedTotal, deliveredTotal, expiredTotal, evictedTotal, rejectedTotal, waiting } = status;
  return Math.max(0, storedTotal - deliveredTotal - expiredTotal - evictedTotal - rejectedTotal - waiting);
}

/** One line, for logs and pipes. broker: null where only the board is known. */
export function statusLine(status: StatusEvent, broker: Broker | null): string {
  const parts = [
    `link ${status.link}`,
    ...(broker === null ? [] : [`broker ${broker.isRunning ? "up" : "down"}`]),
    `client ${status.client}`,
    `stored ${status.storedTotal}`,
    `acknowledged ${status.deliveredTotal}`,
    `waiting ${status.waiting}`,
    `lost ${lostByCounters(status)}`,
    ...(broker === null ? [`queued ${status.queuedTotal}`] : [`arrived ${broker.publications().length}`]),
    `RAM on this PC: kernel ${kilobytes(status.kernelRam)}, app ${kilobytes(status.appRam)}`,
    `flash erases ${status.flashErases}`,
  ];
  if (status.appRestarts > 0) parts.push(`app restarts ${status.appRestarts} (${status.lastAppStop})`);
  return parts.join(" · ");
}

/** A block, for a terminal of `columns`: a row is cut off there, never wrapped. isPowered: whether the board has power. */
export function statusBlock(status: StatusEvent | null, broker: Broker, isPowered: boolean, columns = 120): string {
  const { isRunning, name, host, port } = broker;
  const rows: Row[] = [
    ["board", isPowered ? "on" : "no power", isPowered ? pc.green : pc.red],
    ["broker", `${isRunning ? "up" : "down"}, ${name} at ${host}:${port}, TLS`, isRunning ? pc.green : pc.red],
  ];
  if (status !== null) rows.push(...statusRows(status, isPowered));
  rows.push(["arrived", `${broker.publications().length}`]);
  const last = broker.publications().at(-1);
  if (last !== undefined) rows.push(["", last.topic, pc.dim], ["", last.payload.toString(), pc.dim]);
  const keys = `${pc.bold("w")} Wi-Fi   ${pc.bold("b")} broker   ${pc.bold("p")} power   ${pc.bold("q")} quit`;
  const room = Math.max(1, columns - NAME_COLUMNS);
  const lines = rows.map(([title, value, paint = String]) => pc.dim(title.padEnd(NAME_COLUMNS)) + paint(value.slice(0, room)));
  return [...lines, "", keys].join("\n");
}

/** Without power a board says nothing: what it said last of its connections holds no longer, its counters do. */
function statusRows(status: StatusEvent, isPowered: boolean): Row[] {
  const lost = lostByCounters(status);
  const rows: Row[] = [
    ["Wi-Fi", isPowered ? status.link : "-", isPowered ? colourOf(status.link) : pc.dim],
    ["client", isPowered ? status.client : "-"],
    ["stored", `${status.storedTotal}`],
    ["acknowledged", `${status.deliveredTotal}`],
    ["waiting", `${status.waiting}`, status.waiting > 0 ? pc.yellow : String],
    ["lost", `${lost}`, lost > 0 ? pc.red : pc.green],
    ["RAM on this PC", `kernel ${kilobytes(status.kernelRam)}, app ${kilobytes(status.appRam)} (64-bit; a board's: npm run bench:target)`],
    ["flash erases", `${status.flashErases}`],
  ];
  if (status.appRestarts > 0) rows.push(["app restarts", `${status.appRestarts}  ${status.lastAppStop}`, pc.yellow]);
  return rows;
}

function colourOf(link: StatusEvent["link"]): Formatter {
  return link === "up" ? pc.green : link === "down" ? pc.red : pc.yellow;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
