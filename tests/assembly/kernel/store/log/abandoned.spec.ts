/** Records that were begun and given up: a reader steps over them by the lengths that lie there, and meets all that follows. */
import { HEADER_UNITS } from "../../../../../assembly/kernel/store/flash/sector";
import { UNIT, isBlank } from "../../../../../assembly/kernel/store/flash/units";
import { ANY_VERSION, Item } from "../../../../../assembly/kernel/store/item";
import { KIND_SYSTEM, SYSTEM_CUT } from "../../../../../assembly/kernel/store/log/record";
import { DOCUMENTS, Store } from "../../../../../assembly/kernel/store/store";
import { TreeStore } from "../../../../../assembly/kernel/store/treeStore";
import { Status } from "../../../../../assembly/lib/status";
import { NorDevice } from "../../../../fakes/norDevice";
import { SeenParts, seen } from "../../../../fakes/seenParts";
import { keyAddress, makeKey, putModel, verifyDifference } from "../../../../fakes/storeModel";

const FOLLOWING: i32 = 6;
const value = memory.data(1024);

function settle(db: Store): void {
  for (let i = 0; i < 1000 && db.step(); i++) {}
}

function open(device: NorDevice): TreeStore {
  const db = new TreeStore(device, 288, new SeenParts());
  db.setTime(100000, 1700000000000);
  expect(db.mount()).toBe(Status.Ok);
  return db;
}

describe("kernel/store/log, abandoned", () => {
  it("hides nothing that follows, however much of it was announced and written, in one sector or two", () => {
    for (let announced = 300; announced <= 1000; announced += 100) {
      for (let written = 0; written < announced; written += 90) {
        for (let before = 0; before < 20; before += 6) {
          const device = new NorDevice(1024, 16);
          let db = open(device);
          settle(db);
          for (let n = 0; n < before; n++) expect(putModel(db, n, n, 20, 0)).toBe(Status.Ok);
          expect(db.begin(keyAddress(), makeKey(90), announced, 0, ANY_VERSION)).toBe(Status.Ok);
          expect(db.write(value, written)).toBe(Status.Ok);
          db.abort();
          for (let n = 0; n < FOLLOWING; n++) expect(putModel(db, 50 + n, n, 20, 0)).toBe(Status.Ok);
          const id = announced.toString() + " " + written.toString() + " " + before.toString();
          const item = new Item();
          let version: i64 = 0;
          let changes = 0;
          for (; db.changes(version, item) == Status.Ok; changes++) version = item.version;
          expect(changes).toBe(before + FOLLOWING, id);
          db = open(device);
          expect(db.counts(DOCUMENTS).records).toBe(before + FOLLOWING, id);
          for (let n = 0; n < FOLLOWING; n++) expect(db.find(keyAddress(), makeKey(50 + n), item)).toBe(Status.Ok, id);
          expect(db.corrupt).toBe(0, id);
          expect(verifyDifference(db)).toBe("", id);
        }
      }
    }
  });

  it("are followed by a blank unit and a cut: where that is cut short itself, it counts only with its checksum", () => {
    for (let announced = 300; announced <= 1000; announced += 50) {
      const device = new NorDevice(1024, 16);
      const db = open(device);
      settle(db);
      expect(putModel(db, 1, 1, 20, 0)).toBe(Status.Ok);
      expect(db.begin(keyAddress(), makeKey(90), announced, 0, ANY_VERSION)).toBe(Status.Ok);
      expect(db.write(value, announced - 1)).toBe(Status.Ok);
      db.abort();
      const ring = seen.ring;
      const hasRoom = ring.room >= 2;
      const end = ring.newest * ring.sectorUnits + ring.writeOffset;
      expect(putModel(db, 2, 2, 20, 0)).toBe(Status.Ok);
      const unit = hasRoom ? end : ring.newest * ring.sectorUnits + HEADER_UNITS;
      expect(isBlank(device.base + unit * UNIT, UNIT)).toBe(true, announced.toString());
      const view = seen.walker.view;
      expect(view.load(unit + 1)).toBe(Status.Ok, announced.toString());
      expect(view.kind == KIND_SYSTEM && view.system == SYSTEM_CUT).toBe(true);
      expect(view.verify()).toBe(Status.Ok);
    }
  });
});
