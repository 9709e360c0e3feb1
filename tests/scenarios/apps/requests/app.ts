/** Asks twice, one of them nobody who answers; answers what it is asked itself, with the properties that came. */
import { Client, Message, Properties, received, requests } from "wasmote";

const client = new Client();
const properties = new Properties(64);

function onClock(answer: Message | null, request: i32): void {
  if (answer && answer.is("noon")) client.publish("said/clock", "noon");
}

function onSilence(answer: Message | null, request: i32): void {
  if (answer == null) client.publish("said/silence", "none in time");
}

function onAsk(message: Message): void {
  const isKnown = received.findUser("unit") && received.is("mm");
  requests.answer(isKnown ? "3 mm" : "3");
}

export function setup(): void {
  client.start();
  client.subscribe("board/ask", onAsk, 2);
  requests.open(client, "board/answers");
  requests.send("clock/ask", "now?", onClock);
  requests.send("silence/ask", "anybody?", onSilence, 1500);
  client.publishWith(properties.text().contentType("text/plain").user("a", "1").user("a", "2"), "said/with", "x", 2, 60);
}
