/** kernel/mqtt and kernel/mqtt5: every packet from a server, whole, cut, cut off, and with each of its bits turned over. */
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Codec, type Version } from "./codec.js";
import { MALFORMED_5, VECTORS } from "./inboundVectors.js";

const VERSIONS: readonly Version[] = [4, 5];
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");

let codec: Codec;
before(async () => {
  codec = await Codec.load();
});

for (const version of VERSIONS) {
  describe(`kernel/mqtt inbound, version ${version === 5 ? "5" : "3.1.1"}`, () => {
    it("reads every packet that a server sends, in parts of any size", () => {
      for (const { what, bytes, log } of VECTORS[version]) {
        for (let part = 1; part <= hex(bytes).length; part++) {
          const found = codec.decode(version, hex(bytes), part);
          assert.deepEqual([found.outcome, found.log.toString("hex")], ["whole", hex(log).toString("hex")], `${what}, parts of ${part}`);
        }
      }
    });

    it("reads them all in one stream, in parts of any size", () => {
      const stream = Buffer.concat(VECTORS[version].map(({ bytes }) => hex(bytes)));
      const log = Buffer.concat(VECTORS[version].map((vector) => hex(vector.log))).toString("hex");
      for (let part = 1; part <= stream.length; part++)
        assert.equal(codec.decode(version, stream, part).log.toString("hex"), log, `parts of ${part}`);
    });

    it("needs more after every strict prefix, and has reported nothing that is not there", () => {
      for (const { what, bytes, log } of VECTORS[version]) {
        for (let length = 1; length < hex(bytes).length; length++) {
          const found = codec.decode(version, hex(bytes).subarray(0, length));
          assert.equal(found.outcome, "more", `${what}, ${length} bytes`);
          const whole = hex(log);
          assert.ok(found.log.length < whole.length, `${what}, ${length} bytes: told of a whole packet`);
          assert.deepEqual(found.log, whole.subarray(0, found.log.length), `${what}, ${length} bytes`);
        }
      }
    });

    it("gives a value, a wish for more or Protocol after every error of one bit, in parts of any size the same", () => {
      let refused = 0;
      for (const { what, bytes } of VECTORS[version]) {
        for (let bit = 0; bit < hex(bytes).length * 8; bit++) {
          const broken = hex(bytes);
          broken[bit >> 3]! ^= 1 << (bit & 7);
          const whole = codec.decode(version, broken);
          if (whole.outcome === "protocol") refused++;
          const cut = codec.decode(version, broken, 1);
          assert.equal(cut.outcome, whole.outcome, `${what}, bit ${bit}`);
          if (whole.outcome !== "protocol") assert.deepEqual(cut.log, whole.log, `${what}, bit ${bit}`);
        }
      }
      assert.ok(refused > 100, `${refused} refused`);
    });
  });
}

describe("kernel/mqtt inbound topic", () => {
  it("refuses U+0000, wildcards and ill-formed UTF-8 at every place of a topic of any length, in parts of any size", () => {
    for (let length = 1; length <= 26; length++) {
      for (let place = 0; place < length; place++) {
        for (const bad of [0x00, 0x23, 0x2b, 0x80, 0xff]) {
          const topic = Buffer.alloc(length, 0x61);
          topic[place] = bad;
          const packet = Buffer.concat([Buffer.from([0x30, length + 2, 0, length]), topic]);
          for (const part of [1, 9, packet.length])
            assert.equal(codec.decode(4, packet, part).outcome, "protocol", `${bad} at ${place} of ${length}`);
        }
      }
    }
  });

  it("takes every other ASCII character at every place", () => {
    for (let byte = 1; byte < 128; byte++) {
      if (byte === 0x23 || byte === 0x2b) continue;
      for (let place = 0; place < 17; place++) {
        const topic = Buffer.alloc(17, 0x2f);
        topic[place] = byte;
        const packet = Buffer.concat([Buffer.from([0x30, 19, 0, 17]), topic]);
        assert.equal(codec.decode(4, packet).outcome, "whole", `${byte} at ${place}`);
      }
    }
  });
});

describe("kernel/mqtt5 inbound", () => {
  it("refuses every malformed form, in parts of any size", () => {
    for (const [what, bytes] of MALFORMED_5) {
      for (let part = 1; part <= hex(bytes).length; part++) assert.equal(codec.decode(5, hex(bytes), part).outcome, "protocol", what);
    }
  });

  it("takes a payload behind properties in pieces, and a reason of any length without keeping it", () => {
    const payload = Buffer.alloc(100_000, 0x70);
    const head = Buffer.concat([hex("30 a48d06 0001 61 00"), payload]);
    assert.equal(codec.decode(5, head, 512).outcome, "whole");
    const reason = Buffer.alloc(65_535, 0x72);
    const bytes = Buffer.concat([hex("40 888004 0001 97 828004 1fffff"), reason]);
    const found = codec.decode(5, bytes, 512);
    assert.equal(found.outcome, "whole");
    assert.equal(found.log.subarray(-5).toString("hex"), "0240000197");
  });
});

describe("kernel/mqtt5 outbound", () => {
  const written = (length: number): string => codec.taken(length).toString("hex");

  it("writes CONNECT with the properties that differ from their defaults", () => {
    codec.wasm.announce(0, 65_535, 0, 0, 0);
    codec.give(Buffer.from("id"));
    assert.equal(written(codec.wasm.connect(5, 60, 1, 2, 0, 0, 0, 0)), "100f00044d5154540502003c0000026964");
    codec.wasm.announce(0xffffffff, 4, 1024, 2, 30);
    codec.give(Buffer.from("idtp"));
    const properties = "10" + "11ffffffff" + "210004" + "2700000400" + "220002";
    assert.equal(
      written(codec.wasm.connect(5, 60, 6 << 1, 2, 1, 1, 0, 0)),
      "102b00044d5154540534003c" + properties + "00026964" + "05180000001e" + "000174" + "000170",
    );
  });

  it("writes a password without a user name [MQTT-3.1.2-19]", () => {
    codec.wasm.announce(0, 65_535, 0, 0, 0);
    codec.give(Buffer.from("idpw"));
    assert.equal(written(codec.wasm.connect(5, 0, 0, 2, 0, 0, 0, 2)), "101300044d5154540540000000000269640002" + "7077");
  });

  it("writes SUBSCRIBE, UNSUBSCRIBE, PUBREL and DISCONNECT", () => {
    codec.give(Buffer.from("a"));
    assert.equal(written(codec.wasm.subscribe(5, 10, 1, 0x2d)), "8207000a000001612d");
    assert.equal(written(codec.wasm.subscribe(5, 10, 1, -1)), "a206000a00000161");
    assert.equal(written(codec.wasm.ack(5, 0x62, 7, 0x92)), "6203000792");
    assert.equal(written(codec.wasm.ack(5, 0x62, 7, 0)), "62020007");
    assert.equal(written(codec.wasm.disconnect5(0x82, -1n)), "e00182");
    assert.equal(written(codec.wasm.disconnect5(0, 0n)), "e00700051100000000");
  });
});
