import { Url } from "../../../../assembly/kernel/http/url";
import { Status } from "../../../../assembly/lib/status";

const url = new Url();
let bytes = new Uint8Array(0);

function parse(text: string): i32 {
  bytes = Uint8Array.wrap(String.UTF8.encode(text));
  return url.parse(bytes.dataStart, bytes.length);
}

function parts(text: string): string {
  const status = parse(text);
  if (status < 0) return "refused";
  const host = String.UTF8.decodeUnsafe(url.host, url.hostLen);
  const path = String.UTF8.decodeUnsafe(url.path, url.pathLen);
  return (url.isTls ? "tls " : "plain ") + host + " " + url.port.toString() + " " + path;
}

describe("kernel/http/url", () => {
  it("takes scheme, host, port and path apart", () => {
    expect(parts("https://app.tendrl.com")).toBe("tls app.tendrl.com 443 ");
    expect(parts("http://10.0.0.1:8080/a/b")).toBe("plain 10.0.0.1 8080 /a/b");
    expect(parts("https://h:1/x?y=1")).toBe("tls h 1 /x?y=1");
  });

  it("takes what has no scheme as https: no secret goes in the clear by chance (D19)", () => {
    expect(parts("app.tendrl.com")).toBe("tls app.tendrl.com 443 ");
    expect(parts("localhost:8443/")).toBe("tls localhost 8443 ");
  });

  it("drops trailing slashes", () => {
    expect(parts("https://host/")).toBe("tls host 443 ");
    expect(parts("https://host//")).toBe("tls host 443 ");
    expect(parts("https://host/a/")).toBe("tls host 443 /a");
  });

  it("refuses what has no host, a bad port, or what does not belong there", () => {
    const bad = ["", "https://", "https:///a", "h:0", "h:65536", "h:x", "h:", "user@host", "ho st", "h\n", "h/#a", "h?a=b"];
    for (let i = 0; i < bad.length; i++) expect(parts(bad[i])).toBe("refused", bad[i]);
    expect(parse("user@host")).toBe(Status.Invalid);
  });
});
