import { Status } from "../../lib/status";
import { Packet } from "../mqtt/fixedHeader";
import { Property } from "./property";
import { PropertyReader, PropertySink } from "./propertyReader";

/** Refuses what is not the app's to say: aliases and expiry are the client's, subscription identifiers the server's. */
class AppSink extends PropertySink {
  onNumber(packet: i32, id: i32, value: u32): i32 {
    return id == Property.PayloadFormat ? Status.Ok : Status.Protocol;
  }

  onText(packet: i32, id: i32, len: i32): void {}
  onTextBytes(packet: i32, id: i32, src: usize, len: i32): void {}
}

const reader = new PropertyReader<AppSink>(new AppSink());

/** Tells whether properties: u8[len], without their length, may stand in a PUBLISH of the app: a server never sees malformed ones. */
export function isPublishProperties(src: usize, len: i32): bool {
  reader.reset(Packet.Publish);
  return reader.feed(src, len) == Status.Ok && reader.isComplete;
}
