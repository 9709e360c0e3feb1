import { Property } from "../mqtt5/property";

/** Longest client id that a server may assign: as long as one that the configuration may give. */
export const ASSIGNED_MAX: i32 = 64;

const ABSENT: i32 = -1;

/** What a CONNACK said of the server, with the defaults of what it did not say. Source: MQTT 5, 3.2.2.3. */
export class ServerLimits {
  receiveMaximum: i32 = 0xffff;
  topicAliasMaximum: i32 = 0;
  maximumQos: i32 = 2;
  isRetainAvailable: bool = true;
  /** 0: no limit. */
  maximumPacketBytes: u32 = 0;
  /** ABSENT (-1): the client's own stands. */
  serverKeepAlive: i32 = ABSENT;

  /** A CONNACK begins. */
  reset(): void {
    this.receiveMaximum = 0xffff;
    this.topicAliasMaximum = 0;
    this.maximumQos = 2;
    this.isRetainAvailable = true;
    this.maximumPacketBytes = 0;
    this.serverKeepAlive = ABSENT;
  }

  /** Takes a property of CONNACK; of what is not listed nothing depends here. */
  set(id: i32, value: u32): void {
    switch (id) {
      case Property.ReceiveMaximum:
        this.receiveMaximum = value;
        break;
      case Property.TopicAliasMaximum:
        this.topicAliasMaximum = value;
        break;
      case Property.MaximumQos:
        this.maximumQos = value;
        break;
      case Property.RetainAvailable:
        this.isRetainAvailable = value != 0;
        break;
      case Property.MaximumPacketSize:
        this.maximumPacketBytes = value;
        break;
      case Property.ServerKeepAlive:
        this.serverKeepAlive = value;
        break;
    }
  }
}
