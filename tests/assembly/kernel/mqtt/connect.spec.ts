import { ConnectFields, writeConnect } from "../../../../assembly/kernel/mqtt/connect";
import { at, utf8 } from "../../hex";
import { fresh, packet } from "./encode";

const clientId = utf8("a1");
const user = utf8("u");
const password = utf8("pw");

function fields(): ConnectFields {
  const connect = new ConnectFields();
  connect.clientId = at(clientId);
  connect.clientIdLen = 2;
  connect.keepAliveSeconds = 60;
  return connect;
}

describe("kernel/mqtt/connect", () => {
  it("is level 4 with the client id alone", () => {
    const out = fresh();
    writeConnect(out, fields());
    expect(packet(out)).toBe("10 0e 00 04 4d 51 54 54 04 00 00 3c 00 02 61 31");
  });

  it("flags a clean session", () => {
    const connect = fields();
    connect.isCleanSession = true;
    const out = fresh();
    writeConnect(out, connect);
    expect(packet(out)).toBe("10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 61 31");
  });

  it("carries user and password, flagged, in that order behind the client id", () => {
    const connect = fields();
    connect.user = at(user);
    connect.userLen = 1;
    connect.password = at(password);
    connect.passwordLen = 2;
    const out = fresh();
    writeConnect(out, connect);
    expect(packet(out)).toBe("10 15 00 04 4d 51 54 54 04 c0 00 3c 00 02 61 31 00 01 75 00 02 70 77");
  });

  it("carries a user without a password", () => {
    const connect = fields();
    connect.user = at(user);
    connect.userLen = 1;
    const out = fresh();
    writeConnect(out, connect);
    expect(packet(out)).toBe("10 11 00 04 4d 51 54 54 04 80 00 3c 00 02 61 31 00 01 75");
  });

  it("may leave the client id empty, but not its field", () => {
    const connect = fields();
    connect.clientIdLen = 0;
    connect.isCleanSession = true;
    const out = fresh();
    writeConnect(out, connect);
    expect(packet(out)).toBe("10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00");
  });

  it("breaks the writer when it does not fit", () => {
    const exact = fresh(16);
    writeConnect(exact, fields());
    expect(exact.isBroken).toBe(false);
    const short = fresh(15);
    writeConnect(short, fields());
    expect(short.isBroken).toBe(true);
  });
});
