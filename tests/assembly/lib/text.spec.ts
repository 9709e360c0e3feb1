import { copyText, equalsText, textLength } from "../../../assembly/lib/text";
import { at, text, utf8 } from "../hex";

describe("lib/text", () => {
  it("copies an ASCII literal as bytes", () => {
    const buffer = new StaticArray<u8>(9);
    buffer[9 - 1] = 0xee;
    expect(copyText(at(buffer), "mqtt.tls")).toBe(8);
    expect(text(at(buffer), 8)).toBe("mqtt.tls");
    expect(buffer[8]).toBe(0xee);
    expect(textLength("")).toBe(0);
  });

  it("compares bytes with a literal", () => {
    const bytes = utf8("true");
    expect(equalsText(at(bytes), 4, "true")).toBe(true);
    expect(equalsText(at(bytes), 3, "true")).toBe(false);
    expect(equalsText(at(bytes), 4, "trUe")).toBe(false);
    expect(equalsText(at(bytes), 3, "tru")).toBe(true);
  });
});
