import { Client, Message, board, every, log } from "wasmote";

const client = new Client();

/** How often each room asked, in order of appearance. */
const asked = new Map<string, i32>();

function onQuestion(message: Message): void {
  const room = message.topic().split("/")[1];
  asked.set(room, (asked.has(room) ? asked.get(room) : 0) + 1);
  const answer = `${board.temperature()} degrees, asked by ${room} for the ${asked.get(room)}. time: ${message.text().trim()}`;
  client.publish("answers/" + room, answer);
}

@tether({ tags: ["rooms"] })
function summary(): string {
  const rooms = asked.keys();
  const parts: string[] = [];
  for (let i = 0; i < rooms.length; i++) parts.push(`${rooms[i]} ${asked.get(rooms[i])}`);
  return parts.join(", ");
}

export function setup(): void {
  client.subscribe("rooms/+/ask", onQuestion);
  every(60000, () => {
    if (asked.size > 0 && summary() < 0) log("nobody takes the summary");
  });
  client.start();
}
