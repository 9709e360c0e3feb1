import { Bench, StoreKind, chooseStore, freshBench } from "./bench";
import { KEYS_AFTER, KEYS_PREFIX, KEYS_REVERSE, KEYS_UP_TO } from "../../../../../assembly/kernel/store/documents/query";
import { Status } from "../../../../../assembly/lib/status";

let bench = freshBench();

describe("assembly/kernel/store/documents, ranges of keys and changes", () => {
  beforeEach(() => {
    chooseStore(StoreKind.Flash);
    bench = freshBench();
    const keys: string[] = ["b", "a", "ab", "abc", "c", "é", "ca"];
    for (let i = 0; i < keys.length; i++) bench.put(keys[i], i.toString());
  });

  it("B2: from, to, inclusive or not, prefix, both ways", () => {
    expect(bench.keys("", "", 0)).toBe("a ab abc b c ca é");
    expect(bench.keys("", "", KEYS_REVERSE)).toBe("é ca c b abc ab a");
    expect(bench.keys("ab", "c", 0)).toBe("ab abc b");
    expect(bench.keys("ab", "c", KEYS_UP_TO)).toBe("ab abc b c");
    expect(bench.keys("ab", "c", KEYS_AFTER | KEYS_UP_TO)).toBe("abc b c");
    expect(bench.keys("ab", "c", KEYS_AFTER | KEYS_REVERSE)).toBe("b abc");
    expect(bench.keys("ab", "", KEYS_PREFIX)).toBe("ab abc");
    expect(bench.keys("ab", "", KEYS_PREFIX | KEYS_REVERSE)).toBe("abc ab");
    expect(bench.keys("", "", KEYS_PREFIX)).toBe("a ab abc b c ca é");
    expect(bench.keys("\u0001", "", KEYS_PREFIX)).toBe("a ab abc b c ca é");
    expect(bench.keys("x", "b", 0)).toBe("");
  });

  it("B17: changes since a version, in order, removals too, nothing but documents", () => {
    bench.index("n");
    let version: i64 = 0;
    let seen = "";
    while (bench.documents.nextChange(version, 100) == Status.Ok) {
      version = bench.documents.found.item.version;
      seen += bench.foundKey + " ";
    }
    // The documents that were indexed when the path was declared come again.
    expect(seen.startsWith("b a ab abc c é ca ")).toBeTruthy();
    bench.put("new", "1");
    bench.remove("a");
    expect(bench.documents.nextChange(version, 100)).toBe(Status.Ok);
    expect(bench.foundKey).toBe("new");
    expect(bench.documents.nextChange(bench.documents.found.item.version, 100)).toBe(Status.Ok);
    expect(bench.foundKey).toBe("a");
    expect(bench.documents.found.item.isRemoved).toBeTruthy();
    expect(bench.documents.nextChange(bench.documents.found.item.version, 100)).toBe(Status.NotFound);
  });
});
