import { limits } from "../limits";
import { PacketIds } from "../mqtt/packetIds";

/** Identifiers of all that this client sends: messages in flight, and one SUBSCRIBE or UNSUBSCRIBE. */
export const packetIds = new PacketIds(limits.window + 1);
