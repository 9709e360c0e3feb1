import { Client, TendrlMessage } from "wasmote/tendrl";

const client = new Client();

/** Tells what it reads in a message by each accessor; its own answer says whether the message wants it to fail. */
function onMessage(message: TendrlMessage): i32 {
  const bytes = memory.data(8);
  const count = message.bytes("data.text", 2, bytes, 3);
  const tags = `${message.hasTag("a")},${message.hasTag("b")},${message.hasTag("context")},${message.hasTag("top")}`;
  const numbers = `${message.integer("data.whole")},${message.integer("data.big", 7)},${message.integer("data.half")},${message.number("data.half")}`;
  const kinds = `${message.kind("data")},${message.kind("data.list")},${message.kind("data.nothing")},${message.kind("none")}`;
  client.publishJson(
    `{"msg":"${message.msgType}","source":"${message.source}","dest":"${message.dest}","request":"${message.requestId}",` +
      `"text":"${message.text("data.text")}","part":"${String.UTF8.decodeUnsafe(bytes, count)}","list":${message.text("data.list")},` +
      `"flag":"${message.flag("data.flag")},${message.flag("data.whole", true)}","is":"${message.is("data.text", "abcdef")},${message.is("data.text", "abc")}",` +
      `"tags":"${tags}","numbers":"${numbers}","kinds":"${kinds}","missing":"${message.text("none", "-")}"}`,
  );
  return message.flag("data.fail") ? 3 : 0;
}

export function setup(): void {
  client.setCallback(onMessage);
  client.start();
}
