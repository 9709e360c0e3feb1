import { limits } from "../limits";
import { PacketIds } from "../mqtt/packetIds";

/**
 * Identifiers of all that this client sends: messages in flight, and one SUBSCRIBE or UNSUBSCRIBE. Those above its top are claimed: by
 * QoS 2 from the queue (outbox.ts), then, over a durable session, by what is stored (durableSession.ts).
 */
export const packetIds = new PacketIds(limits.window + 1, 0, 0xffff - limits.window);
